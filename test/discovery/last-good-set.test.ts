import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LastGoodSet } from '../../src/discovery/last-good-set.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { instance, setOf } from './scripted-registry.ts'

function known() {
  const clock = new FakeClock()
  return { clock, set: new LastGoodSet('users', clock) }
}

function statuses(set: LastGoodSet): string[] {
  return set.instances.map(({ id, status }) => `${id} ${status}`)
}

describe('LastGoodSet', () => {
  it('is empty, unknown and stale before anything is known', () => {
    const { serviceName, revision, instances, ...worth } = known().set.set
    assert.deepEqual([serviceName, revision, instances], ['users', 0, []])
    assert.deepEqual(worth, { known: false, settled: false, ageMs: 0, stale: true })
  })

  it('keeps the list itself while nothing in it changes', () => {
    const { set } = known()
    set.accept(setOf({ ids: ['a', 'b'] }))
    const before = set.instances
    assert.equal(set.accept(setOf({ ids: ['a', 'b'], revision: 2 })), false)
    assert.equal(set.instances, before)
    assert.equal(set.set.revision, 2)
    assert.equal(set.accept(setOf({ ids: ['a'], revision: 3 })), true)
    assert.notEqual(set.instances, before)
  })

  it('lets an instance go when a settled set of a known service does not list it', () => {
    const { set } = known()
    set.accept(setOf({ ids: ['a', 'b'] }))
    set.accept(setOf({ ids: [], revision: 2 }))
    assert.deepEqual(statuses(set), [])
  })

  it('retains as unconfirmed what an unsettled set does not list, until one is settled', () => {
    const { set } = known()
    set.accept(setOf({ ids: ['a', 'b', 'c'] }))
    set.accept(setOf({ ids: ['b'], revision: 2, settled: false }))
    assert.deepEqual(statuses(set), ['a unconfirmed', 'b ready', 'c unconfirmed'])
    set.accept(setOf({ ids: ['b', 'c'], revision: 3 }))
    assert.deepEqual(statuses(set), ['b ready', 'c ready'])
  })

  it('lets an instance go that an unsettled registry has listed and lists no more', () => {
    const { set } = known()
    set.accept(setOf({ ids: ['a', 'b'] }))
    set.accept(setOf({ ids: ['a'], revision: 2, settled: false }))
    set.accept(setOf({ ids: [], revision: 3, settled: false }))
    assert.deepEqual(statuses(set), ['b unconfirmed'])
  })

  it('retains everything again when an unsettled registry is lost and another comes back', () => {
    const { set } = known()
    set.accept(setOf({ ids: ['a', 'b'] }))
    set.accept(setOf({ ids: ['a'], revision: 2, settled: false }))
    set.lose()
    set.accept(setOf({ ids: [], revision: 3, settled: false }))
    assert.deepEqual(statuses(set), ['a unconfirmed', 'b unconfirmed'])
  })

  it('retains what it knew when the registry has never heard of the service', () => {
    const { set } = known()
    set.accept(setOf({ ids: ['a'] }))
    set.accept(setOf({ ids: [], revision: 2, known: false }))
    assert.deepEqual(statuses(set), ['a unconfirmed'])
    assert.equal(set.release(), true)
    assert.deepEqual(statuses(set), [])
  })

  it('leaves the status of those that were not ready as it was', () => {
    const { set } = known()
    set.accept(setOf({ instances: [instance('a', { status: 'draining' }), instance('b', { status: 'suspect' })] }))
    set.accept(setOf({ ids: [], revision: 2, settled: false }))
    assert.deepEqual(statuses(set), ['a draining', 'b suspect'])
  })

  it('ages while it is stale, from the moment it was last current', async () => {
    const { set, clock } = known()
    set.accept(setOf({ ids: ['a'] }))
    await clock.advance(500)
    assert.deepEqual([set.set.ageMs, set.set.stale], [0, false])
    assert.deepEqual([set.lose(), set.lose()], [true, false])
    await clock.advance(100)
    set.accept(setOf({ ids: ['a'], stale: true, ageMs: 7 }))
    assert.deepEqual([set.set.ageMs, set.set.stale], [100, true])
    assert.equal(set.accept(setOf({ ids: ['a'] })), true)
    assert.deepEqual([set.set.ageMs, set.set.stale], [0, false])
  })

  it('is as old as a stale first set says', async () => {
    const { set, clock } = known()
    set.accept(setOf({ ids: ['a'], revision: 0, stale: true, ageMs: 7000 }))
    await clock.advance(1)
    assert.equal(set.set.ageMs, 7001)
  })
})
