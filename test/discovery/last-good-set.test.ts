import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LastGoodSet } from '../../src/discovery/last-good-set.ts'
import { instance, setOf } from './scripted-registry.ts'

function statuses(set: LastGoodSet): string[] {
  return set.instances.map(({ id, status }) => `${id} ${status}`)
}

describe('LastGoodSet', () => {
  it('is empty, unknown and stale before anything is known', () => {
    const { serviceName, revision, instances, ...worth } = new LastGoodSet('users').at(0)
    assert.deepEqual([serviceName, revision, instances], ['users', 0, []])
    assert.deepEqual(worth, { known: false, settled: false, ageMs: 0, stale: true })
  })

  it('keeps the list itself while nothing in it changes', () => {
    const set = new LastGoodSet('users')
    set.accept(setOf({ ids: ['a', 'b'] }), 0)
    const before = set.instances
    assert.equal(set.accept(setOf({ ids: ['a', 'b'], revision: 2 }), 0), false)
    assert.equal(set.instances, before)
    assert.equal(set.at(0).revision, 2)
    assert.equal(set.accept(setOf({ ids: ['a'], revision: 3 }), 0), true)
    assert.notEqual(set.instances, before)
  })

  it('lets an instance go when a settled set of a known service does not list it', () => {
    const set = new LastGoodSet('users')
    set.accept(setOf({ ids: ['a', 'b'] }), 0)
    set.accept(setOf({ ids: [], revision: 2 }), 0)
    assert.deepEqual(statuses(set), [])
  })

  it('retains as unconfirmed what an unsettled set does not list, until one is settled', () => {
    const set = new LastGoodSet('users')
    set.accept(setOf({ ids: ['a', 'b', 'c'] }), 0)
    set.accept(setOf({ ids: ['b'], revision: 2, settled: false }), 0)
    assert.deepEqual(statuses(set), ['a unconfirmed', 'b ready', 'c unconfirmed'])
    set.accept(setOf({ ids: ['b', 'c'], revision: 3 }), 0)
    assert.deepEqual(statuses(set), ['b ready', 'c ready'])
  })

  it('lets an instance go that an unsettled registry has listed and lists no more', () => {
    const set = new LastGoodSet('users')
    set.accept(setOf({ ids: ['a', 'b'] }), 0)
    set.accept(setOf({ ids: ['a'], revision: 2, settled: false }), 0)
    set.accept(setOf({ ids: [], revision: 3, settled: false }), 0)
    assert.deepEqual(statuses(set), ['b unconfirmed'])
  })

  it('retains everything again when an unsettled registry is lost and another comes back', () => {
    const set = new LastGoodSet('users')
    set.accept(setOf({ ids: ['a', 'b'] }), 0)
    set.accept(setOf({ ids: ['a'], revision: 2, settled: false }), 0)
    set.lose(0)
    set.accept(setOf({ ids: [], revision: 3, settled: false }), 0)
    assert.deepEqual(statuses(set), ['a unconfirmed', 'b unconfirmed'])
  })

  it('retains what it knew when the registry has never heard of the service', () => {
    const set = new LastGoodSet('users')
    set.accept(setOf({ ids: ['a'] }), 0)
    set.accept(setOf({ ids: [], revision: 2, known: false }), 0)
    assert.deepEqual(statuses(set), ['a unconfirmed'])
    assert.equal(set.release(), true)
    assert.deepEqual(statuses(set), [])
  })

  it('leaves the status of those that were not ready as it was', () => {
    const set = new LastGoodSet('users')
    set.accept(setOf({ instances: [instance('a', { status: 'draining' }), instance('b', { status: 'suspect' })] }), 0)
    set.accept(setOf({ ids: [], revision: 2, settled: false }), 0)
    assert.deepEqual(statuses(set), ['a draining', 'b suspect'])
  })

  it('ages while it is stale, from the moment it was last current', () => {
    const set = new LastGoodSet('users')
    set.accept(setOf({ ids: ['a'] }), 0)
    assert.deepEqual([set.at(500).ageMs, set.at(500).stale], [0, false])
    assert.deepEqual([set.lose(500), set.lose(550)], [true, false])
    set.accept(setOf({ ids: ['a'], stale: true, ageMs: 7 }), 600)
    assert.deepEqual([set.at(600).ageMs, set.at(600).stale], [100, true])
    assert.equal(set.accept(setOf({ ids: ['a'] }), 700), true)
    assert.deepEqual([set.at(800).ageMs, set.at(800).stale], [0, false])
  })

  it('is as old as a stale first set says', () => {
    const set = new LastGoodSet('users')
    set.accept(setOf({ ids: ['a'], revision: 0, stale: true, ageMs: 7000 }), 100)
    assert.equal(set.at(101).ageMs, 7001)
  })
})
