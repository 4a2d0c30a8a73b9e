import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { type Random, seededRandom, systemRandom } from '../../src/core/random.ts'

function take(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => random.next())
}

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, on every machine', () => {
    assert.deepEqual(take(100, seededRandom(42)), take(100, seededRandom(42)))
    assert.notDeepEqual(take(100, seededRandom(42)), take(100, seededRandom(43)))
    const expected = take(3, seededRandom(1)).map(number => Math.floor(number * 1_000_000))
    assert.deepEqual(expected, [627_073, 2_735, 527_447])
  })

  it('lies, for any seed, in [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer(), seed => {
        assert.ok(take(20, seededRandom(seed)).every(number => number >= 0 && number < 1))
      }),
    )
  })

  it('spreads its numbers evenly', () => {
    const buckets = Array.from({ length: 10 }, () => 0)
    for (const number of take(10_000, seededRandom(7))) buckets[Math.floor(number * 10)]! += 1
    const chiSquared = buckets.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)
    assert.ok(chiSquared < 27.9, `chi² of 9 degrees is ${chiSquared}: over 27.9 once in a thousand`)
  })
})

describe('systemRandom', () => {
  it('lies in [0, 1)', () => {
    assert.ok(take(1_000, systemRandom).every(number => number >= 0 && number < 1))
  })
})
