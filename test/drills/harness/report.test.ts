import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Outcome } from '../../../drills/harness/outcome.ts'
import { reportOf, sectionOf, summaryOf } from '../../../drills/harness/report.ts'

const good: Outcome = {
  name: 'storm',
  what: 'A storm.',
  seed: 1,
  verdicts: [{ promise: 'The rope holds', kept: true }],
  figures: [{ name: 'wind', value: 1234.5, unit: 'm/s' }],
  skips: ['no sea'],
  tookMs: 1_500,
}
const bad: Outcome = { ...good, name: 'flood', verdicts: [{ promise: 'It is dry', kept: false, detail: 'it is wet' }] }

describe('The report of a drill', () => {
  it('has a line for each promise, figure and part that was left out', () => {
    assert.deepEqual(reportOf(good).split('\n'), [
      '  kept   The rope holds',
      '         wind: 1,230 m/s',
      '  skipped: no sea',
      '  ok after 1.5 s',
    ])
  })

  it('says what was seen where a promise was broken, and why a drill could not be done', () => {
    assert.match(reportOf(bad), /BROKEN It is dry: it is wet\n[^]*NOT OK/)
    assert.match(reportOf({ ...good, failed: 'Error: no rope' }), /FAILED Error: no rope\n {2}NOT OK/)
  })

  it('names in one sentence those that are not well', () => {
    assert.equal(summaryOf([good]), '1 of 1 promises were kept in 1 drills; all is well.')
    assert.equal(summaryOf([good, bad]), '1 of 2 promises were kept in 2 drills; not well: flood.')
  })

  it('is a section of the page, with a table of figures', () => {
    const section = sectionOf(bad)
    assert.match(section, /^## flood\n\nA storm\. \(1\.5 s, seed 1\)\n/)
    assert.match(section, /- It is dry: \*\*broken\*\* \(it is wet\)/)
    assert.match(section, /\| wind \| 1,230 m\/s \|/)
  })
})
