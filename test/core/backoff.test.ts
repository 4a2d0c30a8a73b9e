import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { backoffDelayMs } from '../../src/core/backoff.ts'
import { seededRandom } from '../../src/core/random.ts'

const half = { next: () => 0.5 }

describe('backoffDelayMs', () => {
  it('doubles its ceiling from 100 ms up to 10 seconds by default', () => {
    const delays = [0, 1, 2, 6, 7, 100].map(attempt => backoffDelayMs(attempt, half))
    assert.deepEqual(delays, [50, 100, 200, 3_200, 5_000, 5_000])
  })

  it('goes by what it is told', () => {
    const options = { delayMsMin: 1_000, delayMsMax: 60_000, factor: 1.5 }
    assert.deepEqual(
      [0, 1, 2].map(attempt => backoffDelayMs(attempt, half, options)),
      [500, 750, 1_125],
    )
  })

  it('lies, for any attempt and seed, between nothing and the ceiling', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.integer(), (attempt, seed) => {
        const delayMs = backoffDelayMs(attempt, seededRandom(seed), { delayMsMax: 3_000 })
        assert.ok(delayMs >= 0 && delayMs < 3_000)
      }),
    )
  })
})
