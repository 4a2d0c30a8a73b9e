import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InstanceConflictError, InvalidInstanceError, LeaseLostError } from '../../../src/discovery/errors.ts'
import type { LeaseJournal } from '../../../src/discovery/store/claims.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from './instances.ts'

const TTL_MS = 1_000

function storeWithClock(journal?: LeaseJournal) {
  const clock = new FakeClock()
  const { leases, rosters } = new Store({ clock, journal })
  const lost: string[] = []
  const session = (id: string) =>
    leases.connect({ id, name: `process ${id}`, onLost: ({ instance }, cause) => lost.push(`${instance.id} ${cause}`) })
  const statuses = () => rosters.set('users').instances.map(({ id, status }) => `${id} ${status}`)
  const kinds = () => rosters.history('users').map(({ kind }) => kind)
  return { clock, leases, rosters, session, statuses, kinds, lost }
}

describe('Leases', () => {
  it('makes what is registered findable, ready whatever it says itself', () => {
    const { leases, session, statuses } = storeWithClock()
    leases.register(session('one'), users('a', { status: 'suspect' }), TTL_MS)
    assert.deepEqual(statuses(), ['a ready'])
  })

  it('keeps everything of an owner that renews', async () => {
    const { clock, leases, session, statuses, kinds } = storeWithClock()
    const owner = session('one')
    for (const id of ['a', 'b']) leases.register(owner, users(id), TTL_MS)
    for (let round = 0; round < 20; round++) {
      await clock.advance(TTL_MS - 1)
      leases.renew(owner)
    }
    assert.deepEqual(statuses(), ['a ready', 'b ready'])
    assert.deepEqual(kinds(), ['joined', 'joined'])
  })

  it('shows a silent owner late after its TTL, ready again when it is heard, and gone after three', async () => {
    const { clock, leases, session, statuses, kinds, lost } = storeWithClock()
    const owner = session('one')
    leases.register(owner, users('a'), TTL_MS)
    await clock.advance(TTL_MS)
    assert.deepEqual(statuses(), ['a late'])
    leases.renew(owner)
    assert.deepEqual(statuses(), ['a ready'])
    await clock.advance(3 * TTL_MS)
    assert.deepEqual(statuses(), [])
    assert.deepEqual(lost, ['a lapsed'])
    assert.deepEqual(kinds(), ['joined', 'late', 'ready', 'late', 'lapsed'])
  })

  it('counts a renewal from when the main loop last ran', async () => {
    const { clock, leases, session, statuses } = storeWithClock()
    const owner = session('one')
    leases.register(owner, users('a'), TTL_MS)
    await clock.advance(900)
    leases.renew(owner, 800)
    await clock.advance(200)
    assert.deepEqual(statuses(), ['a late'])
  })

  it('shows a lost connection at once, and gone when the grace is over', async () => {
    const { clock, leases, session, statuses, lost, kinds } = storeWithClock()
    const owner = session('one')
    leases.register(owner, users('a'), 60_000)
    leases.disconnect(owner)
    assert.deepEqual(statuses(), ['a suspect'])
    await clock.advance(2_999)
    assert.deepEqual(statuses(), ['a suspect'])
    await clock.advance(1)
    assert.deepEqual(statuses(), [])
    assert.deepEqual(lost, ['a disconnected'])
    assert.deepEqual(kinds(), ['joined', 'suspect', 'disconnected'])
  })

  it('restores a session that resumes within the grace, with nothing registered twice', async () => {
    const { clock, leases, session, statuses, kinds } = storeWithClock()
    const owner = session('one')
    const claim = leases.register(owner, users('a'), 60_000)
    leases.disconnect(owner)
    await clock.advance(2_000)
    assert.equal(session('one'), owner)
    assert.equal(leases.register(owner, users('a'), 60_000), claim)
    await clock.advance(10_000)
    assert.deepEqual(statuses(), ['a ready'])
    assert.deepEqual(kinds(), ['joined', 'suspect', 'ready'])
  })

  it('lets an owner without a connection lapse after its TTL, and tells it', async () => {
    const { clock, leases, statuses, lost } = storeWithClock()
    const owner = leases.timed({ id: 'curl', name: 'curl', onLost: (_, cause) => lost.push(cause) })
    leases.register(owner, users('a'), TTL_MS)
    await clock.advance(TTL_MS - 1)
    assert.deepEqual(statuses(), ['a ready'])
    await clock.advance(1)
    assert.deepEqual([statuses(), lost], [[], ['lapsed']])
  })

  it('refuses an id that somebody else holds who lives, and changes nothing', () => {
    const { leases, session, statuses, rosters } = storeWithClock()
    leases.register(session('one'), users('a'), TTL_MS)
    const before = rosters.set('users')
    assert.throws(() => leases.register(session('two'), users('a', { weight: 2 }), TTL_MS), InstanceConflictError)
    const timed = leases.timed({ id: 'curl', name: 'curl' })
    assert.throws(() => leases.register(timed, users('a'), TTL_MS), InstanceConflictError)
    assert.equal(rosters.set('users'), before)
    assert.deepEqual(statuses(), ['a ready'])
    assert.equal([...leases.owners()].length, 2)
  })

  it('lets a newcomer take over from an owner that is late or disconnected, and tells that one', async () => {
    const { clock, leases, session, statuses, lost, kinds } = storeWithClock()
    const [one, two, three] = [session('one'), session('two'), session('three')]
    const claim = leases.register(one, users('a'), TTL_MS)
    leases.disconnect(one)
    leases.register(two, users('a'), TTL_MS)
    assert.deepEqual([statuses(), lost, claim.gone], [['a ready'], ['a replaced'], true])
    await clock.advance(TTL_MS)
    leases.register(three, users('a'), TTL_MS)
    await clock.advance(TTL_MS - 1)
    assert.deepEqual([statuses(), lost], [['a ready'], ['a replaced', 'a replaced']])
    assert.deepEqual(kinds(), ['joined', 'suspect', 'replaced', 'late', 'replaced'])
    assert.equal(leases.count, 1)
  })

  it('writes anew what the same owner holds, without a change if it is the same', () => {
    const { leases, session, rosters, kinds } = storeWithClock()
    const owner = session('one')
    leases.register(owner, users('a'), TTL_MS)
    const { revision } = rosters
    leases.register(owner, users('a'), TTL_MS)
    assert.equal(rosters.revision, revision)
    leases.register(owner, users('a', { weight: 2 }), TTL_MS)
    assert.deepEqual(kinds(), ['joined', 'updated'])
    assert.equal(leases.count, 1)
  })

  it('updates in place and keeps the status', async () => {
    const { clock, leases, session, rosters } = storeWithClock()
    const claim = leases.register(session('one'), users('a'), TTL_MS)
    await clock.advance(TTL_MS)
    leases.update(claim, { weight: 7 })
    assert.deepEqual(rosters.set('users').instances, [users('a', { weight: 7, status: 'late' })])
    assert.throws(() => leases.update(claim, { weight: -7 }), InvalidInstanceError)
  })

  it('refuses to change what is gone', async () => {
    const { leases, session } = storeWithClock()
    const claim = leases.register(session('one'), users('a'), TTL_MS)
    leases.revoke(claim)
    leases.revoke(claim)
    assert.throws(() => leases.update(claim, { weight: 7 }), LeaseLostError)
    await assert.rejects(leases.drain(claim), LeaseLostError)
  })

  it('refuses a TTL out of its limits', () => {
    const { leases, session, statuses } = storeWithClock()
    for (const ttlMs of [0, NaN, 1e12])
      assert.throws(() => leases.register(session('one'), users('a'), ttlMs), InvalidInstanceError)
    assert.deepEqual(statuses(), [])
  })

  it('drains until the watchers work with the mark', async () => {
    const { leases, rosters, session, statuses } = storeWithClock()
    const claim = leases.register(session('one'), users('a'), TTL_MS)
    const watch = rosters.watch('users', { name: 'w', acknowledges: true, onChange: () => {} })
    const report = leases.drain(claim)
    assert.deepEqual(statuses(), ['a draining'])
    watch.acknowledge(rosters.set('users').revision)
    assert.deepEqual(await report, { acknowledged: true, watchers: 1, missing: [], tookMs: 0 })
  })

  it('keeps the draining mark through signs of life, updates and a second drain', async () => {
    const { clock, leases, session, statuses, kinds } = storeWithClock()
    const owner = session('one')
    const claim = leases.register(owner, users('a'), TTL_MS)
    await leases.drain(claim)
    await clock.advance(TTL_MS)
    leases.renew(owner)
    leases.update(claim, { weight: 2 })
    leases.disconnect(owner)
    session('one')
    await leases.drain(claim)
    assert.deepEqual(statuses(), ['a draining'])
    assert.deepEqual(kinds(), ['joined', 'draining', 'updated'])
  })

  it('leaves an instance that was drained and revoked gone, whatever comes late', async () => {
    const { clock, leases, session, statuses } = storeWithClock()
    const owner = session('one')
    const claim = leases.register(owner, users('a'), TTL_MS)
    await leases.drain(claim)
    leases.revoke(claim)
    leases.renew(owner)
    leases.disconnect(owner)
    session('one')
    await clock.advance(10_000)
    assert.deepEqual(statuses(), [])
  })

  it('comes back from draining only by registering anew', async () => {
    const { leases, session, statuses, kinds } = storeWithClock()
    const owner = session('one')
    await leases.drain(leases.register(owner, users('a'), TTL_MS))
    leases.register(owner, users('a'), TTL_MS)
    assert.deepEqual(statuses(), ['a ready'])
    assert.deepEqual(kinds(), ['joined', 'draining', 'ready'])
  })

  it('revokes everything of an owner that says goodbye, and forgets it', () => {
    const { leases, session, statuses, lost } = storeWithClock()
    const owner = session('one')
    for (const id of ['a', 'b']) leases.register(owner, users(id), TTL_MS)
    leases.leave(owner)
    assert.deepEqual([statuses(), lost, [...leases.owners()]], [[], [], []])
  })

  it('tells the holder of what somebody else took out', () => {
    const { leases, session, statuses, lost } = storeWithClock()
    const claim = leases.register(session('one'), users('a'), TTL_MS)
    leases.evict(claim, 'removed')
    leases.evict(claim, 'removed')
    assert.deepEqual([statuses(), lost], [[], ['a removed']])
  })

  it('brings back what was known, unconfirmed until its owner is heard of', async () => {
    const { clock, leases, session, statuses, kinds, lost } = storeWithClock()
    const record = (kind: 'session' | 'timed', id: string, draining = false) =>
      leases.restore({
        number: id.charCodeAt(0),
        owner: { id: `${kind} ${id}`, name: id, kind },
        instance: users(id),
        ttlMs: 5_000,
        draining,
      })
    for (const id of ['a', 'b']) record('session', id)
    record('timed', 'c')
    record('session', 'd', true)
    assert.deepEqual(statuses(), ['a unconfirmed', 'b unconfirmed', 'c unconfirmed', 'd draining'])
    session('session a')
    leases.renew(leases.timed({ id: 'timed c', name: 'c' }))
    await clock.advance(4_999)
    assert.deepEqual(statuses(), ['a ready', 'b unconfirmed', 'c ready', 'd draining'])
    session('session a')
    await clock.advance(1)
    assert.deepEqual(statuses(), ['a ready'])
    assert.deepEqual(kinds().slice(-3).toSorted(), ['forgotten', 'forgotten', 'lapsed'])
    assert.deepEqual(lost, [])
  })

  it('lets a newcomer take what nobody has confirmed', () => {
    const { leases, session, statuses } = storeWithClock()
    const owner = { id: 'x', name: 'x', kind: 'session' as const }
    leases.restore({ number: 1, owner, instance: users('a'), ttlMs: 5_000, draining: false })
    leases.register(session('new'), users('a'), TTL_MS)
    assert.deepEqual(statuses(), ['a ready'])
  })

  it('tells the journal what must survive, and nothing of renewals and signs of life', async () => {
    const told: string[] = []
    const { clock, leases, session } = storeWithClock({
      written: ({ instance }) => told.push(`${instance.id} written`),
      removed: ({ instance }) => told.push(`${instance.id} removed`),
    })
    const owner = session('one')
    const claim = leases.register(owner, users('a'), TTL_MS)
    await clock.advance(TTL_MS)
    leases.renew(owner)
    leases.disconnect(owner)
    session('one')
    assert.deepEqual(told.splice(0), ['a written'])
    leases.update(claim, { weight: 2 })
    await leases.drain(claim)
    leases.revoke(claim)
    assert.deepEqual(told, ['a written', 'a written', 'a removed'])
  })

  it('numbers claims upwards, beyond those of earlier times', () => {
    const { leases, session } = storeWithClock()
    const restored = { id: 'x', name: 'x', kind: 'session' as const }
    leases.restore({ number: 41, owner: restored, instance: users('a'), ttlMs: 5_000, draining: false })
    const owner = session('one')
    const numbers = ['b', 'c', 'b'].map(id => leases.register(owner, users(id), TTL_MS).number)
    assert.deepEqual(numbers, [42, 43, 42])
  })

  it('takes back what could not be kept', () => {
    const { leases, session, rosters } = storeWithClock()
    const claim = leases.register(session('one'), users('a'), TTL_MS)
    leases.update(claim, { weight: 2 })
    leases.revert(claim, { instance: users('a'), ttlMs: 500 })
    assert.deepEqual([rosters.set('users').instances, claim.ttlMs], [[users('a')], 500])
  })

  it('leaves no owner and no timer behind', async () => {
    const { clock, leases, session } = storeWithClock()
    const owner = session('one')
    leases.register(owner, users('a'), TTL_MS)
    leases.register(leases.timed({ id: 'curl', name: 'curl' }), users('b'), TTL_MS)
    leases.disconnect(owner)
    await clock.advance(10_000)
    assert.deepEqual([[...leases.owners()], clock.pending, leases.count], [[], 0, 0])
  })
})
