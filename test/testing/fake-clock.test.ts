import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sleep } from '../../src/core/abort.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

describe('FakeClock', () => {
  it('stands still until it is advanced', async () => {
    const clock = new FakeClock()
    let ran = false
    clock.schedule(10, () => (ran = true))
    await clock.advance(9)
    assert.deepEqual([ran, clock.now(), clock.pending, clock.nextDelayMs], [false, 9, 1, 1])
    await clock.advance(1)
    assert.deepEqual([ran, clock.now(), clock.pending, clock.nextDelayMs], [true, 10, 0, undefined])
  })

  it('runs callbacks at their own moments, in the order due and then in the order scheduled', async () => {
    const clock = new FakeClock()
    const ran: string[] = []
    for (const [name, delayMs] of [
      ['late', 30],
      ['first', 10],
      ['second', 10],
      ['now', 0],
      ['past', -5],
    ] as const) {
      clock.schedule(delayMs, () => ran.push(`${name}@${clock.now()}`))
    }
    await clock.advance(100)
    assert.deepEqual(ran, ['now@0', 'past@0', 'first@10', 'second@10', 'late@30'])
  })

  it('runs what callbacks and the promises they resolve schedule within the time', async () => {
    const clock = new FakeClock()
    const ran: number[] = []
    const ticking = (async () => {
      for (let tick = 0; tick < 5; tick++) {
        await sleep(clock, 10)
        ran.push(clock.now())
      }
    })()
    await clock.advance(50)
    await ticking
    assert.deepEqual(ran, [10, 20, 30, 40, 50])
  })

  it('does not run what was cancelled, even by a callback due at the same moment', async () => {
    const clock = new FakeClock()
    let ran = false
    clock.schedule(10, () => timer.cancel())
    const timer = clock.schedule(10, () => (ran = true))
    await clock.advance(10)
    assert.equal(ran, false)
    timer.cancel()
  })

  it('moves the wall time along, and alone when asked', async () => {
    const clock = new FakeClock({ wallTime: 1000 })
    await clock.advance(5)
    assert.equal(clock.wallTime(), 1005)
    clock.jumpWallTime(-500)
    assert.deepEqual([clock.wallTime(), clock.now()], [505, 5])
  })
})
