import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DrillRun } from '../../../drills/harness/drill-run.ts'
import { isKept, outcomeOf } from '../../../drills/harness/outcome.ts'

const INIT = { quick: true, seed: 7, onProgress: () => {} }
const drillOf = (drill: (run: DrillRun) => Promise<void>) => ({ name: 'example', what: 'An example.', drill })

describe('outcomeOf', () => {
  it('tells what was promised, what was found, and what was left out', async () => {
    const outcome = await outcomeOf(
      drillOf(async run => {
        run.promise('It holds', true)
        run.never('It is never wet', [])
        run.figure('length', 12, 'm')
        run.skip('there is no sea')
      }),
      INIT,
    )
    assert.ok(isKept(outcome))
    const { verdicts, figures, skips, seed, failed } = outcome
    assert.deepEqual(
      [verdicts.map(({ kept }) => kept), skips, seed, failed],
      [[true, true], ['there is no sea'], 7, undefined],
    )
    assert.deepEqual(figures, [{ name: 'length', value: 12, unit: 'm' }])
  })

  it('says of a broken promise what was seen', async () => {
    const outcome = await outcomeOf(
      drillOf(async run => run.never('It is never wet', ['rain', 'snow'])),
      INIT,
    )
    assert.equal(isKept(outcome), false)
    assert.equal(outcome.verdicts[0]?.detail, '2 times, such as "rain"')
  })

  it('ends what was started, the last first, and counts what could not be done as broken', async () => {
    const ended: number[] = []
    const outcome = await outcomeOf(
      drillOf(async run => {
        run.after(() => void ended.push(1))
        run.after(() => void ended.push(2))
        throw new Error('no rope')
      }),
      INIT,
    )
    assert.deepEqual([ended, isKept(outcome)], [[2, 1], false])
    assert.match(outcome.failed ?? '', /no rope/)
  })

  it('gives the same chances for the same seed', async () => {
    const taken: number[][] = []
    const drill = drillOf(async run => void taken.push([run.chance(1_000), run.chance(1_000), run.chance(1_000)]))
    await outcomeOf(drill, INIT)
    await outcomeOf(drill, INIT)
    assert.deepEqual(taken[0], taken[1])
  })
})
