import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { InstanceSet } from '../../src/discovery/instance-set.ts'
import { InstanceHistory } from '../../src/testing/instance-history.ts'
import { WatchView } from '../../src/testing/watch-view.ts'

function empty(revision: number): InstanceSet {
  return { serviceName: 'users', revision, instances: [], known: true, settled: true, ageMs: 0, stale: false }
}

describe('WatchView', () => {
  it('says who watched what, at which revision, and what was wrong', () => {
    const view = new WatchView({ name: 'w', serviceName: 'users', openedAt: 0 })
    view.saw(empty(2))
    view.saw(empty(1))
    assert.deepEqual(view.violations(new Map()), [
      { kind: 'order', message: 'order: watch w of "users" at revision 1: it came after revision 2' },
    ])
  })

  it('is complete when its newest set is all there is to know', () => {
    const view = new WatchView({ name: 'w', serviceName: 'users', openedAt: 0 })
    const histories = new Map([['a', new InstanceHistory()]])
    assert.equal(view.isComplete(histories), false)
    view.saw({ ...empty(1), stale: true })
    assert.equal(view.isComplete(histories), false)
    view.saw(empty(1))
    assert.equal(view.isComplete(histories), true)
    assert.deepEqual(view.missing(histories), [])
  })
})
