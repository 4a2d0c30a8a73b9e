import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RateLimit } from '../../src/daemon/rate-limit.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

/** How many of so many writes at once are let through. */
const taken = (rate: RateLimit, count: number) =>
  Array.from({ length: count }, () => rate.take()).filter(Boolean).length

describe('RateLimit', () => {
  it('lets as many through at once as in a second, and then as many as time allows', async () => {
    const clock = new FakeClock()
    const rate = new RateLimit(clock, 10)
    assert.equal(taken(rate, 20), 10)
    await clock.advance(500)
    assert.equal(taken(rate, 20), 5)
    await clock.advance(60_000)
    assert.equal(taken(rate, 20), 10)
  })

  it('lets one through at a time where less than one per second is allowed', async () => {
    const clock = new FakeClock()
    const rate = new RateLimit(clock, 0.5)
    assert.equal(taken(rate, 3), 1)
    await clock.advance(1_999)
    assert.equal(taken(rate, 3), 0)
    await clock.advance(1)
    assert.equal(taken(rate, 3), 1)
  })
})
