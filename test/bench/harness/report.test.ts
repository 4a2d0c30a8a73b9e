import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { summaryOf, tableOf } from '../../../bench/harness/report.ts'
import type { Result } from '../../../bench/harness/row.ts'

const row = {
  area: 'web',
  name: 'hello',
  against: 'peer',
  ratio: 1.0449,
  min: 0.9,
  max: 12_345,
  goal: '≥ 1',
  met: true,
}
const met: Result = { row, unit: 'per second', ours: { median: 48_800, min: 1, max: 2 } }
const missed: Result = { ...met, row: { ...row, met: false } }
const skipped: Result = {
  row: { ...row, ratio: null, min: null, max: null, met: null },
  unit: 'per second',
  skipped: 'etcd is not installed',
}

const failed: Result = { row: { ...skipped.row, met: false }, unit: 'per second', failed: 'the program has ended' }

describe('The table', () => {
  test('has a line per row, with three significant digits', () => {
    const [, , line] = tableOf([met]).split('\n')
    assert.equal(
      line?.replaceAll(/ +/g, ' '),
      '| hello | peer | 1.04 | 0.9–12,300 | ≥ 1 | yes | 48,800 | – | per second |',
    )
  })

  test('shows a goal that was missed and a row that was skipped', () => {
    const table = tableOf([missed, skipped])
    assert.match(table, /\*\*no\*\*/)
    assert.match(table, /skipped: etcd is not installed/)
    assert.match(tableOf([failed]), /\*\*failed\*\*: the program has ended/)
  })
})

describe('The summary', () => {
  test('counts what has failed as missed, and says by what', () => {
    assert.equal(
      summaryOf([met, failed]),
      '1 of 2 rows met their goal, 1 missed it, 0 were skipped.\nFailed: hello against peer: the program has ended',
    )
  })

  test('counts what was met, missed and skipped, and says why', () => {
    assert.equal(
      summaryOf([met, missed, skipped]),
      '1 of 2 rows met their goal, 1 missed it, 1 were skipped.\nSkipped: hello against peer: etcd is not installed',
    )
  })
})
