import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Settling } from '../../src/discovery/settling.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

function settling() {
  const clock = new FakeClock()
  const state = { until: 0, calls: 0 }
  const made = new Settling({
    clock,
    unsettledMs: () => Math.max(0, state.until - clock.now()),
    onSettled: () => state.calls++,
  })
  return { clock, state, settling: made }
}

describe('Settling', () => {
  it('is settled, and calls nobody, when there is nothing to wait for', () => {
    const { settling: made, clock } = settling()
    assert.equal(made.look(), true)
    assert.equal(clock.nextDelayMs, undefined)
  })

  it('calls once when the time is over, however often it was looked at', async () => {
    const { settling: made, clock, state } = settling()
    state.until = 100
    assert.deepEqual([made.look(), made.look()], [false, false])
    await clock.advance(99)
    assert.equal(state.calls, 0)
    await clock.advance(1)
    assert.deepEqual([state.calls, made.look()], [1, true])
  })

  it('waits on when the time was made longer meanwhile', async () => {
    const { settling: made, clock, state } = settling()
    state.until = 100
    made.look()
    state.until = 150
    await clock.advance(100)
    assert.equal(state.calls, 0)
    await clock.advance(50)
    assert.equal(state.calls, 1)
  })

  it('calls nobody once it is cancelled', async () => {
    const { settling: made, clock, state } = settling()
    state.until = 100
    made.look()
    made.cancel()
    await clock.advance(200)
    assert.equal(state.calls, 0)
  })
})
