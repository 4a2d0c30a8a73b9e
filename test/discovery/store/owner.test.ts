import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InstanceConflictError } from '../../../src/discovery/errors.ts'
import { Owner } from '../../../src/discovery/store/owner.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from './instances.ts'

const TTL_MS = 1_000

function storeWithClock() {
  const clock = new FakeClock()
  const { leases, rosters } = new Store({ clock })
  const statuses = () => rosters.set('users').instances.map(({ id, status }) => `${id} ${status}`)
  const kinds = () => rosters.history('users').map(({ kind }) => kind)
  return { clock, leases, statuses, kinds }
}

describe('Owner', () => {
  it('is connected from the first if it has a session, and lives by its heartbeat otherwise', () => {
    const init = { id: 'x', name: 'x' }
    assert.equal(new Owner(init, { kind: 'session', now: 5 }).presence, 'connected')
    assert.equal(new Owner(init, { kind: 'timed', now: 5 }).presence, 'timed')
    assert.equal(new Owner(init, { kind: 'timed', now: 5 }).heardAt, 5)
  })
})

describe('A vouched Owner', () => {
  it('keeps what an owner holds that is vouched for, however long it is silent, until the word is taken back', async () => {
    const { clock, leases, statuses, kinds } = storeWithClock()
    const init = { id: 'checked', name: 'a health check' }
    leases.register(leases.vouch(init), users('a'), TTL_MS)
    await clock.advance(1_000 * TTL_MS)
    assert.deepEqual(statuses(), ['a ready'])
    const owner = leases.vouch(init)
    leases.disconnect(owner)
    assert.deepEqual(statuses(), ['a suspect'])
    await clock.advance(2_999)
    leases.vouch(init)
    assert.deepEqual(statuses(), ['a ready'])
    leases.disconnect(owner)
    await clock.advance(3_000)
    assert.deepEqual(kinds(), ['joined', 'suspect', 'ready', 'suspect', 'disconnected'])
    leases.register(leases.vouch(init), users('a'), TTL_MS)
    leases.leave(owner)
    leases.register(leases.vouch(init), users('a'), TTL_MS)
    assert.deepEqual(statuses(), ['a ready'])
  })

  it('refuses a newcomer what somebody is vouched for', () => {
    const { leases } = storeWithClock()
    leases.register(leases.vouch({ id: 'checked', name: 'a health check' }), users('a'), TTL_MS)
    assert.throws(
      () => leases.register(leases.connect({ id: 'one', name: 'process one' }), users('a'), TTL_MS),
      InstanceConflictError,
    )
  })
})
