import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { STATUS_FIELD } from '../../../src/discovery/changed-fields.ts'
import { Roster } from '../../../src/discovery/store/roster.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { claimOf, users } from './instances.ts'

function rosterOf(...ids: string[]): Roster {
  const roster = new Roster('users', { revision: 0, clock: new FakeClock() })
  for (const id of ids) put(roster, id)
  return roster
}

function put(roster: Roster, id: string): void {
  roster.put(claimOf(users(id)))
  change(roster, id)
}

function change(roster: Roster, id: string): void {
  roster.revision++
  roster.log.append({ revision: roster.revision, id, kind: 'updated', at: 0, holder: '' })
  roster.invalidate()
}

const ids = (roster: Roster) => roster.set(true).instances.map(({ id }) => id)

describe('Roster', () => {
  it('keeps its instances in the order of their ids', () => {
    const roster = rosterOf('c', 'a', 'b')
    assert.deepEqual(ids(roster), ['a', 'b', 'c'])
    roster.delete('b')
    roster.invalidate()
    assert.deepEqual(ids(roster), ['a', 'c'])
    assert.equal(roster.get('b'), undefined)
  })

  it('puts a claim in the place of one with the same id', () => {
    const roster = rosterOf('a', 'b')
    const claim = claimOf(users('a', { weight: 9 }))
    roster.put(claim)
    roster.invalidate()
    assert.deepEqual(
      roster.set(true).instances.map(({ weight }) => weight),
      [9, 1],
    )
    assert.equal(roster.get('a'), claim)
    assert.equal(roster.size, 2)
  })

  it('computes a set once per revision, and freezes it', () => {
    const roster = rosterOf('a')
    const set = roster.set(true)
    assert.equal(roster.set(true), set)
    assert.ok(Object.isFrozen(set) && Object.isFrozen(set.instances))
    put(roster, 'b')
    assert.notEqual(roster.set(true), set)
  })

  it('tells what changed since a revision, the same object to all who ask', () => {
    const roster = rosterOf('a', 'b', 'c')
    roster.delete('a')
    change(roster, 'a')
    const delta = roster.delta(2, true)
    const flags = { serviceName: 'users', settled: true, stale: false }
    assert.deepEqual(
      { ...delta, put: delta?.put.map(({ id }) => id) },
      { ...flags, from: 2, to: 4, put: ['c'], changed: [], gone: ['a'], known: false },
    )
    assert.equal(roster.delta(2, true), delta)
  })

  it('tells of an instance that changed only which fields did', () => {
    const roster = rosterOf('a', 'b')
    roster.revision++
    roster.log.append({ revision: roster.revision, id: 'a', kind: 'late', at: 0, holder: '' }, STATUS_FIELD)
    roster.invalidate()
    const delta = roster.delta(2, true)
    assert.deepEqual(
      [delta?.put, delta?.changed],
      [[], [{ instance: roster.get('a')?.instance, fields: STATUS_FIELD }]],
    )
    assert.deepEqual(
      roster.delta(0, true)?.put.map(({ id }) => id),
      ['a', 'b'],
    )
  })

  it('tells nothing of revisions it has not reached', () => {
    assert.equal(rosterOf('a').delta(2, true), undefined)
    assert.deepEqual(rosterOf('a').delta(1, true)?.put, [])
  })

  it('is idle while it is unknown and nobody watches', () => {
    const roster = rosterOf()
    assert.equal(roster.idle, true)
    const watcher = roster.audience.join({ name: 'w', acknowledges: true, onChange: () => {} }, 0)
    assert.equal(roster.idle, false)
    roster.audience.leave(watcher)
    roster.known = true
    assert.equal(roster.idle, false)
  })
})
