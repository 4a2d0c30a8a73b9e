import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { afterLimit } from '../../src/core/after-limit.ts'
import type { Clock } from '../../src/core/clock.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

/** A clock that can go on without its timers, as a process sees it that stands still. */
function stoppable() {
  const fake = new FakeClock()
  let stoodMs = 0
  const clock: Clock = {
    now: () => fake.now() + stoodMs,
    wallTime: () => fake.wallTime() + stoodMs,
    schedule: (delayMs, callback) => fake.schedule(delayMs, callback),
  }
  return { fake, clock, standStill: (ms: number) => void (stoodMs += ms) }
}

describe('afterLimit', () => {
  it('calls back when the limit is over', async () => {
    const clock = new FakeClock()
    let calls = 0
    afterLimit(clock, 1_000, () => calls++)
    await clock.advance(999)
    assert.equal(calls, 0)
    await clock.advance(1)
    assert.deepEqual([calls, clock.pending], [1, 0])
  })

  it('does not count the time for which the process stood still at the end', async () => {
    const { fake, clock, standStill } = stoppable()
    let calls = 0
    afterLimit(clock, 1_000, () => calls++)
    standStill(300)
    await fake.advance(1_299)
    assert.equal(calls, 0)
    await fake.advance(1)
    assert.deepEqual([calls, fake.pending], [1, 0])
  })

  it('waits for no more than the limit again, however long that was', async () => {
    const { fake, clock, standStill } = stoppable()
    let calls = 0
    afterLimit(clock, 1_000, () => calls++)
    standStill(3_600_000)
    await fake.advance(2_000)
    assert.equal(calls, 1)
  })

  it('is taken back at any time', async () => {
    const { fake, clock, standStill } = stoppable()
    let calls = 0
    const timer = afterLimit(clock, 1_000, () => calls++)
    standStill(500)
    await fake.advance(1_200)
    timer.cancel()
    assert.equal(fake.pending, 0)
    await fake.advance(10_000)
    assert.equal(calls, 0)
  })
})
