import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ChangeLog, CHANGES_MAX } from '../../../src/discovery/store/change-log.ts'

function logOf(count: number): ChangeLog {
  const log = new ChangeLog(0)
  for (let revision = 1; revision <= count; revision++) {
    log.append({ revision, id: `id${revision % 7}`, kind: 'updated', at: 0, holder: '' })
  }
  return log
}

describe('ChangeLog', () => {
  it('names each instance once that changed after a revision', () => {
    const log = logOf(20)
    assert.deepEqual([...(log.since(17) ?? [])].toSorted(), ['id4', 'id5', 'id6'])
    assert.equal(log.since(0)?.size, 7)
    assert.equal(log.since(20)?.size, 0)
  })

  it('does not answer for a time it no longer reaches back to', () => {
    const log = logOf(10 * CHANGES_MAX)
    assert.equal(log.since(0), undefined)
    assert.equal(log.since(9 * CHANGES_MAX)?.size, 7)
  })

  it('remembers a bounded number of changes, the newest', () => {
    const { changes } = logOf(10 * CHANGES_MAX)
    assert.equal(changes.length, CHANGES_MAX)
    assert.equal(changes.at(-1)?.revision, 10 * CHANGES_MAX)
  })

  it('reaches back to the revision it began at', () => {
    const log = new ChangeLog(100)
    assert.equal(log.since(99), undefined)
    assert.equal(log.since(100)?.size, 0)
  })
})
