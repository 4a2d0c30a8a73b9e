import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GrowingRevision } from '../../src/discovery/growing-revision.ts'

describe('GrowingRevision', () => {
  it('shows the revisions of the daemon as they are while they grow', () => {
    const revision = new GrowingRevision()
    assert.deepEqual([revision.shown(5, 'a'), revision.shown(7, 'a'), revision.shown(900, 'b')], [5, 7, 900])
    assert.equal(revision.told(900), 900)
  })

  it('goes on above what it has shown when a new epoch begins below, and tells the daemon its own', () => {
    const revision = new GrowingRevision()
    revision.shown(100, 'a')
    const shown = [revision.shown(3, 'b'), revision.shown(4, 'b')]
    assert.deepEqual(shown, [101, 102])
    assert.deepEqual(
      shown.map(one => revision.told(one)),
      [3, 4],
    )
    assert.equal(revision.told(50), 0)
  })

  it('shows the same revision of the same epoch the same again', () => {
    const revision = new GrowingRevision()
    assert.deepEqual([revision.shown(5, 'a'), revision.shown(5, 'a')], [5, 5])
  })
})
