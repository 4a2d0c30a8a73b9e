import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALL_DRILLS } from '../../drills/all.ts'
import { isKept, outcomeOf } from '../../drills/harness/outcome.ts'
import { reportOf } from '../../drills/harness/report.ts'

/** The same chances in every run: `npm run drills` tries others. */
const SEED = 1

// Most of them wait more than they work.
describe('A drill in its small form keeps what is promised', { concurrency: 2 }, () => {
  for (const drill of ALL_DRILLS) {
    it(drill.name, async t => {
      const outcome = await outcomeOf(drill, { quick: true, seed: SEED, onProgress: () => {} })
      for (const reason of outcome.skips) t.diagnostic(`not done here: ${reason}`)
      assert.ok(isKept(outcome), `\n${drill.what}\n${reportOf(outcome)}`)
      assert.ok(outcome.verdicts.length > 0 || outcome.skips.length > 0)
    })
  }
})
