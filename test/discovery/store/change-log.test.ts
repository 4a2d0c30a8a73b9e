import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Change } from '../../../src/discovery/store/change.ts'
import { ALL_FIELDS } from '../../../src/discovery/changed-fields.ts'
import { ChangeLog, CHANGES_MAX } from '../../../src/discovery/store/change-log.ts'

function update(revision: number, id: string): Change {
  return { revision, id, kind: 'updated', at: 0, holder: '' }
}

function logOf(count: number): ChangeLog {
  const log = new ChangeLog(0)
  for (let revision = 1; revision <= count; revision++) {
    log.append(update(revision, `id${revision % 7}`))
  }
  return log
}

describe('ChangeLog', () => {
  it('names each instance once that changed after a revision', () => {
    const log = logOf(20)
    assert.deepEqual([...(log.since(17)?.keys() ?? [])].toSorted(), ['id4', 'id5', 'id6'])
    assert.equal(log.since(0)?.size, 7)
    assert.equal(log.since(20)?.size, 0)
  })

  it('gathers what changed of an instance, and takes what it is not told for all of it', () => {
    const log = new ChangeLog(0)
    log.append(update(1, 'a'))
    log.append(update(2, 'b'), 0b1)
    log.append(update(3, 'a'), 0b10)
    log.append(update(4, 'a'), 0b100)
    assert.deepEqual(log.since(1), new Map(Object.entries({ a: 0b110, b: 0b1 })))
    assert.equal(log.since(0)?.get('a'), ALL_FIELDS)
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
