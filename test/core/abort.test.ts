import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { abortable, firstAborted, sleep, TimeLimit, timeLimit } from '../../src/core/abort.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

const never = new Promise<never>(() => {})

function listeners({ signal }: AbortController): number {
  return getEventListeners(signal, 'abort').length
}

describe('abortable', () => {
  it('settles as the promise does, and leaves no listener behind', async () => {
    const controller = new AbortController()
    assert.equal(await abortable(Promise.resolve(1), controller.signal), 1)
    await assert.rejects(abortable(Promise.reject(new Error('no')), controller.signal), { message: 'no' })
    assert.equal(await abortable(Promise.resolve(2), undefined), 2)
    assert.equal(listeners(controller), 0)
  })

  it('rejects with the reason when the signal aborts first, or has aborted', async () => {
    const controller = new AbortController()
    const waited = assert.rejects(abortable(never, controller.signal), { message: 'enough' })
    controller.abort(new Error('enough'))
    await waited
    await assert.rejects(abortable(never, controller.signal), { message: 'enough' })
    assert.equal(listeners(controller), 0)
  })

  it('ignores a rejection that comes after the abort', async () => {
    const { promise, reject } = Promise.withResolvers<void>()
    await assert.rejects(abortable(promise, AbortSignal.abort(new Error('enough'))), { message: 'enough' })
    reject(new Error('late'))
    await new Promise(resolve => setImmediate(resolve))
  })
})

describe('sleep', () => {
  it('waits on the clock', async () => {
    const clock = new FakeClock()
    let isOver = false
    const slept = sleep(clock, 100).then(() => (isOver = true))
    await clock.advance(99)
    assert.equal(isOver, false)
    await clock.advance(1)
    assert.equal(await slept, true)
  })

  it('takes its timer back when its signal aborts', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const slept = assert.rejects(sleep(clock, 100, controller), { message: 'enough' })
    controller.abort(new Error('enough'))
    await slept
    assert.equal(clock.pending, 0)
    await assert.rejects(sleep(clock, 100, controller), { message: 'enough' })
    assert.equal(clock.pending, 0)
  })
})

describe('timeLimit', () => {
  it('aborts when its time is up, and says how long that was', async () => {
    const clock = new FakeClock()
    using limit = timeLimit(clock, 50)
    await clock.advance(50)
    assert.ok(limit.signal.reason instanceof TimeLimit)
    assert.deepEqual(
      [limit.signal.reason.name, limit.signal.reason.message],
      ['TimeoutError', 'The limit of 50 ms has passed'],
    )
  })

  it('aborts with the signal it was given, when that comes first or has come', () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    using early = timeLimit(clock, 50, controller)
    controller.abort('enough')
    using late = timeLimit(clock, 50, controller)
    assert.deepEqual([early.signal.reason, late.signal.reason], ['enough', 'enough'])
  })

  it('leaves neither timer nor listener behind when it is disposed of', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const limit = timeLimit(clock, 50, controller)
    limit[Symbol.dispose]()
    await clock.advance(50)
    assert.deepEqual([limit.signal.aborted, clock.pending, listeners(controller)], [false, 0, 0])
  })
})

describe('firstAborted', () => {
  it('aborts with the first of its signals, with its reason, and lets go of all when it is disposed of', () => {
    const [one, other] = [new AbortController(), new AbortController()]
    {
      using first = firstAborted([one.signal, undefined, other.signal])
      other.abort('enough')
      one.abort('late')
      assert.equal(first.signal.reason, 'enough')
    }
    assert.deepEqual([listeners(one), listeners(other)], [0, 0])
  })

  it('has aborted when one of its signals had', () => {
    using first = firstAborted([AbortSignal.abort('before')])
    assert.equal(first.signal.reason, 'before')
  })
})
