import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Drain } from '../../../src/discovery/store/drain.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const watcher = (name: string, acknowledged: number, acknowledges = true) => ({ name, acknowledged, acknowledges })
const init = { revision: 5, drainMs: 5_000, quietMs: 1_000 }

describe('Drain', () => {
  it('is over at once when nobody watches', async () => {
    const drain = new Drain(new FakeClock(), init)
    assert.deepEqual(await drain.wait([], 0), { acknowledged: true, watchers: 0, missing: [], tookMs: 0 })
  })

  it('is over when the last watcher works with the mark', async () => {
    const clock = new FakeClock()
    const [one, other, newer] = [watcher('one', 4), watcher('other', 3), watcher('newer', 5)]
    const drain = new Drain(clock, init)
    const report = drain.wait([one, other, newer], 0)
    await clock.advance(10)
    drain.acknowledged({ ...one, acknowledged: 4 })
    drain.left(other)
    await clock.advance(10)
    one.acknowledged = 6
    drain.acknowledged(one)
    assert.deepEqual(await report, { acknowledged: true, watchers: 2, missing: [], tookMs: 20 })
    assert.equal(clock.pending, 0)
  })

  it('names who did not acknowledge within the limit', async () => {
    const clock = new FakeClock()
    const drain = new Drain(clock, init)
    const report = drain.wait([watcher('slow', 1)], 0)
    await clock.advance(5_000)
    assert.deepEqual(await report, { acknowledged: false, watchers: 1, missing: ['slow'], tookMs: 5_000 })
  })

  it('adds a quiet period for those who cannot tell, begun anew when another one appears', async () => {
    const clock = new FakeClock()
    const drain = new Drain(clock, init)
    const report = drain.wait([watcher('stream', 0, false)], 0)
    await clock.advance(400)
    drain.deaf()
    await clock.advance(999)
    await clock.advance(1)
    assert.deepEqual(await report, { acknowledged: true, watchers: 0, missing: [], tookMs: 1_400 })
  })

  it('waits for a watcher that comes meanwhile with an older revision', async () => {
    const clock = new FakeClock()
    const drain = new Drain(clock, init)
    const first = watcher('first', 1)
    const report = drain.wait([first], 0)
    const late = watcher('late', 2)
    drain.joined(late)
    drain.left(first)
    await clock.advance(5_000)
    assert.deepEqual((await report).missing, ['late'])
  })

  it('rejects with the reason of its signal and leaves no timer', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const report = new Drain(clock, { ...init, signal: controller.signal }).wait([watcher('w', 0)], init.quietMs)
    controller.abort(new Error('enough'))
    await assert.rejects(report, /enough/)
    assert.equal(clock.pending, 0)
  })
})
