import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inMemory } from '../../src/daemon/durability.ts'
import { openRegistryData } from '../../src/daemon/registry-data.ts'
import { Turn } from '../../src/daemon/turn.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { users } from '../discovery/store/instances.ts'
import { temporaryFolder } from './temporary-folder.ts'

function open(t: TestContext, dataPath: string | undefined, clock = new FakeClock()) {
  const data = openRegistryData({
    clock,
    turn: new Turn(),
    dataPath,
    graceMs: undefined,
    quietMs: undefined,
    preservation: undefined,
    onHealth: () => {},
  })
  t.after(() => {
    data.store.close()
    data.close()
  })
  return data
}

describe('openRegistryData', () => {
  it('begins without data under a new epoch, unsettled, with revisions above those of earlier times', t => {
    const clock = new FakeClock()
    const { store, durability } = open(t, undefined, clock)
    const { settled, revision, known } = store.rosters.set('users')
    assert.deepEqual([settled, revision, known, durability], [false, clock.wallTime() * 1_000, false, inMemory])
    assert.notEqual(open(t, undefined).store.epoch, store.epoch)
  })

  it('comes back with data: the epoch the same, settled, instances unconfirmed, revisions above all there were', async t => {
    const folder = await temporaryFolder(t)
    const before = open(t, folder)
    assert.equal(before.store.rosters.settled, false)
    const owner = before.store.leases.connect({ id: 'session:x', name: 'x' })
    before.store.leases.register(owner, users('a'), 1_000)
    before.store.leases.register(owner, users('b'), 1_000)
    await nextTurn()
    const { revision } = before.store.rosters
    before.close()

    const { store } = open(t, folder)
    assert.deepEqual([store.epoch, store.rosters.settled], [before.store.epoch, true])
    assert.ok(store.rosters.set('users').revision > revision)
    assert.deepEqual(
      store.rosters.set('users').instances.map(({ id, status }) => `${id} ${status}`),
      ['a unconfirmed', 'b unconfirmed'],
    )
    store.leases.connect({ id: 'session:x', name: 'x' })
    assert.deepEqual(store.rosters.set('users').instances, [users('a'), users('b')])
  })

  it('keeps revisions growing even when the clock on the wall went back', async t => {
    const folder = await temporaryFolder(t)
    const before = open(t, folder)
    await nextTurn()
    before.close()
    const clock = new FakeClock({ wallTime: 0 })
    assert.ok(open(t, folder, clock).store.rosters.revision > before.store.rosters.revision)
  })
})
