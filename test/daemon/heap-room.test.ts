import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { observe } from '../../src/core/event.ts'
import { Derived, forgettable } from '../../src/daemon/derived.ts'
import { type Heap, HeapRoom, oldBytesMax, ownHeap } from '../../src/daemon/heap-room.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { PATIENCE_MS } from '../patience.ts'

/** A heap of a thousand bytes, of which `state.used` were in use when it was last collected, and what is told of it. */
function heaped(t: TestContext) {
  const state = { used: 0, garbage: 0, collections: 0 }
  const watchers = new Set<() => void>()
  const collected = () => {
    state.garbage = 0
    state.collections++
    for (const watcher of watchers) watcher()
  }
  const heap: Heap = {
    use: () => ({ usedBytes: state.used + state.garbage, maxBytes: 1_000 }),
    watch(onCollected) {
      watchers.add(onCollected)
      return () => void watchers.delete(onCollected)
    },
    collect: collected,
  }
  const clock = new FakeClock()
  const told: string[] = []
  t.after(observe('daemon', ({ level, event }) => void told.push(`${level} ${event}`)))
  const room = new HeapRoom({ clock, heap })
  t.after(() => room.close())
  const use = (used: number) => {
    state.used = used
    collected()
  }
  return { state, clock, told, room, use, watchers }
}

const hasRoom = (room: HeapRoom) => {
  try {
    room.requireRoom()
    return true
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'ERR_REGISTRY_LIMIT')
    return false
  }
}

describe('HeapRoom', () => {
  it('takes nothing more when more than three quarters were in use at a collection, until it is 65 % or less, and tells each once', t => {
    const { told, room, use } = heaped(t)
    room.start()
    const found = [750, 751, 900, 651, 650, 750, 751].map(used => {
      use(used)
      return hasRoom(room)
    })
    assert.deepEqual(found, [true, false, false, false, true, true, false])
    assert.deepEqual(told, ['error memory.full', 'info memory.available', 'error memory.full'])
  })

  it('says how much there may be', t => {
    const { room, use } = heaped(t)
    room.start()
    use(800)
    assert.throws(() => room.requireRoom(), { message: /at most 750 bytes of memory, of 1000\. Remove what/ })
  })

  it('has the heap collected every half minute while it is full, for nobody else may, and not otherwise', async t => {
    const { state, clock, room, use } = heaped(t)
    room.start()
    use(700)
    await clock.advance(120_000)
    assert.equal(state.collections, 1)
    state.collections = 0
    use(800)
    state.used = 100
    state.garbage = 800
    await clock.advance(29_000)
    assert.equal(hasRoom(room), false)
    await clock.advance(1_000)
    assert.equal(hasRoom(room), true)
    await clock.advance(120_000)
    // By V8, to see whether it is enough to forget what was made of the data, and when half a minute was over.
    assert.equal(state.collections, 3)
  })

  it('forgets first what was only made of the data, and is not full if that was it', t => {
    const { state, told, room, use } = heaped(t)
    const made = new Derived<object, string>()
    const from = {}
    made.set(from, 'made')
    const texts = { bytes: 100, forget: () => void ((state.used -= texts.bytes), (texts.bytes = 0)) }
    forgettable(texts)
    room.start()
    use(750)
    assert.equal(made.get(from), 'made')
    use(830)
    assert.deepEqual([hasRoom(room), made.get(from), told], [true, undefined, []])
    use(900)
    assert.deepEqual([hasRoom(room), told], [false, ['error memory.full']])
  })

  it('looks no more once it is closed', t => {
    const { clock, room, use, watchers } = heaped(t)
    room.start()
    use(800)
    room.close()
    room.close()
    assert.deepEqual([watchers.size, clock.pending], [0, 0])
  })

  it('hears of the heap of its own process when that is collected, of which it knows how much is in use', async t => {
    const seen = { times: 0 }
    t.after(ownHeap.watch(() => seen.times++))
    ownHeap.collect()
    // It is told only while something else keeps the process awake.
    const deadline = performance.now() + PATIENCE_MS
    while (seen.times === 0 && performance.now() < deadline) await nextTurn()
    assert.ok(seen.times > 0)
    const { usedBytes, maxBytes } = ownHeap.use()
    assert.ok(usedBytes > 2 ** 20 && usedBytes < maxBytes, `${usedBytes} of ${maxBytes}`)
  })
})

/** In MiB, what it is for a limit that V8 tells where there is so much memory. */
const oldMebibytes = (limit: number, memory: number) =>
  oldBytesMax({ limitBytes: limit * 2 ** 20, memoryBytes: memory * 2 ** 20 }) / 2 ** 20

describe('oldBytesMax', () => {
  it('is what V8 was told, or takes by itself, on a large machine', () => {
    assert.deepEqual(
      [oldMebibytes(4_192, 24_000), oldMebibytes(496, 24_000), oldMebibytes(160, 24_000)],
      [4_096, 400, 64],
    )
  })

  it('leaves out next to nothing in a small container, where V8 takes little for young objects', () => {
    assert.deepEqual([oldMebibytes(106, 256), oldMebibytes(212, 512), oldMebibytes(536, 1_024)], [100, 200, 512])
  })

  it('is no more than half of a container where V8 takes more by itself, and what V8 was told in a larger one', () => {
    assert.deepEqual([oldMebibytes(262, 256), oldMebibytes(268, 512), oldMebibytes(3_096, 4_096)], [128, 256, 3_000])
  })
})
