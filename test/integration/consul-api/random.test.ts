import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { missingEngine } from '../../engines/engines.ts'
import { lineOf, RandomComparison } from './random/random-comparison.ts'
import { exchanges } from './random/random-exchanges.ts'

/** Others are as good; `npm run consul-api-random` tries them. */
const SEED = 21

const ROUNDS = 12
const STEPS = 30

describe('The Consul API, asked at random', { skip: missingEngine('consul') }, () => {
  it(`answers as Consul does (seed ${SEED})`, async () => {
    await using comparison = await RandomComparison.start()
    const all = fc.sample(exchanges, { seed: SEED, numRuns: ROUNDS * STEPS })
    for (let from = 0; from < all.length; from += STEPS) {
      const difference = await comparison.firstDifference(all.slice(from, from + STEPS))
      const { ours, theirs, asked = [] } = difference ?? {}
      assert.deepEqual(ours, theirs, `after ${asked.map(lineOf).join('\n')}`)
    }
  })
})
