import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { InstanceSet } from '../../../src/discovery/instance-set.ts'
import { MirroredRosters } from '../../../src/discovery/store/mirrored-rosters.ts'
import { Owner } from '../../../src/discovery/store/owner.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const instanceOf = (id: string, fields = {}) =>
  createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, ...fields })

function setOf(revision: number, ids: readonly string[], fields: Partial<InstanceSet> = {}): InstanceSet {
  const instances = ids.map(id => instanceOf(id))
  return { serviceName: 'users', revision, instances, known: true, settled: true, ageMs: 0, stale: false, ...fields }
}

function mirrored({ settled = true } = {}) {
  const clock = new FakeClock()
  const watched: string[] = []
  const source = {
    watched: (serviceName: string) => void watched.push(serviceName),
    ready: () => undefined,
    readyAll: () => undefined,
  }
  const owner = new Owner({ id: 'behind', name: 'behind' }, { kind: 'timed', now: 0 })
  const common = { clock, revision: 1_000, settled, graceMs: 0, quietMs: 0, defer: queueMicrotask }
  return { watched, rosters: new MirroredRosters({ ...common, source, holderOf: () => owner }) }
}

describe('MirroredRosters', () => {
  it('shows sets as they are told, at the revisions they are told with', () => {
    const { rosters } = mirrored()
    assert.equal(rosters.isReady('users'), false)
    rosters.tell(setOf(7, ['a', 'b']))
    assert.deepEqual(rosters.set('users'), setOf(7, ['a', 'b']))
    rosters.tell(setOf(9, ['b', 'c']))
    assert.deepEqual(rosters.set('users'), setOf(9, ['b', 'c']))
    assert.equal(rosters.isReady('users'), true)
  })

  it('tells differences between revisions that were told, and none from before the first', () => {
    const { rosters } = mirrored()
    rosters.tell(setOf(7, ['a', 'b']))
    rosters.tell(setOf(9, ['b', 'c']))
    const delta = rosters.delta('users', 7)
    assert.deepEqual([delta?.to, delta?.put.map(({ id }) => id), delta?.gone], [9, ['c'], ['a']])
    assert.equal(rosters.delta('users', 6), undefined)
  })

  it('vouches for nothing that is stale, not settled, or not told yet', () => {
    const { rosters } = mirrored()
    assert.equal(rosters.set('users').settled, false)
    rosters.tell(setOf(7, ['a'], { settled: false }))
    assert.equal(rosters.set('users').settled, false)
    rosters.tell(setOf(7, ['a'], { stale: true }))
    assert.deepEqual(rosters.set('users'), setOf(7, ['a'], { stale: true, settled: false }))
    rosters.tell(setOf(7, ['a']))
    assert.equal(rosters.set('users').settled, true)
  })

  it('vouches for nothing before it has settled itself', () => {
    const { rosters } = mirrored({ settled: false })
    rosters.tell(setOf(7, ['a']))
    assert.equal(rosters.set('users').settled, false)
    rosters.settle()
    assert.equal(rosters.set('users').settled, true)
  })

  it('says to its source what is watched, and tells those who watch', async () => {
    const { rosters, watched } = mirrored()
    let told = 0
    rosters.watch('users', { name: 'somebody', acknowledges: true, onChange: () => told++ })
    assert.deepEqual(watched, ['users'])
    rosters.tell(setOf(7, ['a']))
    rosters.tell(setOf(8, ['a', 'b']))
    await Promise.resolve()
    assert.equal(told, 1)
  })

  it('has a drain wait for those who began to watch before anything was told', async () => {
    const { rosters } = mirrored()
    const watch = rosters.watch('users', { name: 'somebody', acknowledges: true, onChange: () => {} })
    rosters.tell(setOf(7, ['a']))
    const drained = rosters.drain('users', { revision: 7, drainMs: 60_000 })
    watch.acknowledge(7)
    assert.deepEqual((await drained).missing, [])
  })

  it('shows the names that are told, whoever is read', () => {
    const { rosters } = mirrored()
    assert.equal(rosters.hasNames, false)
    rosters.tell(setOf(7, ['a']))
    rosters.tellNames({ revision: 3, names: ['orders', 'users'] })
    assert.deepEqual(rosters.names(), { revision: 3, names: ['orders', 'users'] })
    assert.equal(rosters.hasNames, true)
  })

  it('counts changes by numbers of its own that only grow, for what is kept beside', () => {
    const { rosters } = mirrored()
    const before = rosters.revision
    const seen: number[] = []
    rosters.observe(claim => seen.push(claim.revision))
    rosters.tell(setOf(7, ['a', 'b']))
    assert.ok(before >= 1_000)
    assert.ok(seen.length === 2 && seen.every(revision => revision > before))
    assert.equal(rosters.find('users', 'a')?.instance.id, 'a')
  })

  it('forgets what is not told any more', () => {
    const { rosters } = mirrored()
    rosters.tell(setOf(7, ['a']))
    rosters.untell('users')
    assert.equal(rosters.isReady('users'), false)
    rosters.tell(setOf(8, ['b']))
    assert.deepEqual(rosters.set('users'), setOf(8, ['b']))
    assert.equal(rosters.delta('users', 7), undefined)
  })
})
