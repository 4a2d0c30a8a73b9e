import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { observe } from '../../../src/core/event.ts'
import type { Owner } from '../../../src/discovery/store/owner.ts'
import type { PreservationOptions } from '../../../src/discovery/store/preservation.ts'
import { Store, type StoreOptions } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from './instances.ts'

const GRACE_MS = 3_000
const TTL_MS = 15_000

/** A Store with a hundred owners of one instance each. */
function hundred(t: TestContext, preservation: PreservationOptions | undefined = {}, options: StoreOptions = {}) {
  const clock = new FakeClock()
  const store = new Store({ clock, preservation, ...options })
  t.after(() => store.close())
  const { leases, rosters } = store
  const events: string[] = []
  t.after(observe('daemon', ({ event }) => events.push(event)))
  const numbers = Array.from({ length: 100 }, (_, number) => number)
  const connect = (number: number) => leases.connect({ id: `session:${number}`, name: `process ${number}` })
  const owners = numbers.map(number => {
    const owner = connect(number)
    leases.register(owner, users(`u${number}`), 24 * 60 * 60 * 1_000)
    return owner
  })
  const lose = (count: number, from = 0) => {
    for (const owner of owners.slice(from, from + count)) leases.disconnect(owner)
  }
  const statuses = () => {
    const { instances } = rosters.set('users')
    const byStatus = Object.groupBy(instances, ({ status }) => status)
    return Object.fromEntries(Object.entries(byStatus).map(([status, some]) => [status, some.length]))
  }
  return { clock, store, leases, rosters, owners, connect, lose, statuses, events }
}

describe('Self-preservation', () => {
  it('lets lapse what lapses as long as it is no more than the share', async t => {
    const { clock, lose, statuses, events, leases } = hundred(t)
    lose(15)
    await clock.advance(GRACE_MS)
    assert.deepEqual([statuses(), events], [{ ready: 85 }, []])
    assert.deepEqual(leases.preservation, { share: 0.15, leases: 85, missing: 0, kept: 0, lapsed: 15 })
  })

  it('keeps as suspect all that would lapse when more is missing, and says so', async t => {
    const { clock, lose, statuses, events, leases } = hundred(t)
    lose(40)
    await clock.advance(GRACE_MS)
    assert.deepEqual([statuses(), events], [{ ready: 60, suspect: 40 }, ['preservation.began']])
    const { kept, missing, since } = leases.preservation ?? {}
    assert.deepEqual([kept, missing, since], [40, 40, clock.wallTime()])
  })

  it('counts what has lapsed within a minute, and forgets it afterwards', async t => {
    const { clock, lose, statuses } = hundred(t)
    lose(12)
    await clock.advance(GRACE_MS)
    lose(5, 12)
    await clock.advance(GRACE_MS)
    assert.deepEqual(statuses(), { ready: 83, suspect: 5 })
    await clock.advance(75_000)
    assert.deepEqual(statuses(), { ready: 83 })
    lose(10, 17)
    await clock.advance(GRACE_MS)
    assert.deepEqual(statuses(), { ready: 73 })
  })

  it('has those who are heard again as they were, and ends when all are', async t => {
    const { clock, lose, statuses, events, connect, leases } = hundred(t)
    lose(40)
    await clock.advance(2 * GRACE_MS)
    for (let number = 0; number < 40; number++) connect(number)
    assert.deepEqual([statuses(), events], [{ ready: 100 }, ['preservation.began', 'preservation.ended']])
    assert.deepEqual([leases.preservation?.kept, leases.preservation?.since], [0, undefined])
  })

  it('lets go of the rest when few are missing and have been for a while', async t => {
    const { clock, lose, statuses, events, connect } = hundred(t)
    lose(40)
    await clock.advance(2 * GRACE_MS)
    for (let number = 10; number < 40; number++) connect(number)
    await clock.advance(5_000)
    assert.deepEqual(statuses(), { ready: 90, suspect: 10 })
    await clock.advance(7_000)
    assert.deepEqual([statuses(), events], [{ ready: 90 }, ['preservation.began', 'preservation.ended']])
  })

  it('keeps no lease for longer than its limit, and lets nothing else be kept for it', async t => {
    const { clock, lose, statuses, events } = hundred(t)
    lose(40)
    await clock.advance(GRACE_MS + 599_999)
    assert.deepEqual(statuses(), { ready: 60, suspect: 40 })
    await clock.advance(1)
    assert.deepEqual([statuses(), events], [{ ready: 60 }, ['preservation.began', 'preservation.ended']])
    lose(9, 40)
    await clock.advance(GRACE_MS)
    assert.deepEqual(statuses(), { ready: 51 })
  })

  it('takes out at once who says goodbye or drains, however many are missing', async t => {
    const { clock, lose, statuses, leases, rosters, owners } = hundred(t)
    for (const owner of owners.slice(0, 30)) {
      const [claim] = owner.claims
      if (claim) void leases.drain(claim, { drainMs: 1 }).catch(() => {})
    }
    lose(60)
    await clock.advance(GRACE_MS)
    assert.deepEqual(statuses(), { ready: 40, suspect: 30 })
    leases.leave(owners[59] as Owner)
    assert.equal(rosters.find('users', 'u59'), undefined)
  })

  it('gives the id of what is kept to a newcomer', async t => {
    const { clock, lose, leases, rosters, connect } = hundred(t)
    lose(40)
    await clock.advance(2 * GRACE_MS)
    leases.register(connect(1_000), users('u0'), TTL_MS)
    assert.equal(rosters.find('users', 'u0')?.instance.status, 'ready')
    assert.equal(leases.preservation?.kept, 39)
  })

  it('keeps those without a connection as well, who are as before by their next renewal', async t => {
    const { clock, leases, rosters, owners } = hundred(t)
    for (const owner of owners) leases.leave(owner)
    for (const number of owners.keys()) {
      const owner = leases.timed({ id: `timed:${number}`, name: `curl ${number}` })
      leases.register(owner, users(`t${number}`), TTL_MS)
    }
    await clock.advance(TTL_MS)
    const kept = rosters.claims('users').filter(({ instance }) => instance.status === 'suspect')
    assert.equal(kept.length, 100 - 15)
    const [renewed, taken] = kept
    assert.ok(renewed && taken)
    leases.renew(renewed.owner)
    assert.equal(renewed.instance.status, 'ready')
    leases.register(leases.timed({ id: 'timed:other', name: 'another' }), taken.instance, TTL_MS)
    assert.equal(rosters.find('users', taken.instance.id)?.owner.name, 'another')
  })

  it('keeps those who do not come back after a restart of the registry', async t => {
    const clock = new FakeClock()
    const records = Array.from({ length: 100 }, (_, number) => ({
      number,
      owner: { id: `session:${number}`, name: 'process', kind: 'session' as const },
      instance: users(`u${number}`),
      ttlMs: TTL_MS,
      draining: false,
    }))
    const store = new Store({ clock, records, preservation: {} })
    t.after(() => store.close())
    const { leases, rosters } = store
    for (let number = 0; number < 50; number++) {
      const owner = leases.connect({ id: `session:${number}`, name: 'process' })
      assert.equal(owner.claims.size, 1)
    }
    await clock.advance(TTL_MS)
    const kept = rosters.set('users').instances.filter(({ status }) => status === 'suspect')
    assert.equal(kept.length, 50)
  })

  it('keeps nothing of few, nothing that is vouched for, and nothing unless it is asked to', async t => {
    const few = hundred(t, { missingMin: 41 })
    few.lose(40)
    await few.clock.advance(GRACE_MS)
    assert.deepEqual(few.statuses(), { ready: 60 })
    const never = hundred(t, undefined, { preservation: undefined })
    never.lose(90)
    await never.clock.advance(GRACE_MS)
    assert.deepEqual([never.statuses(), never.leases.preservation], [{ ready: 10 }, undefined])
    const { clock, leases, rosters } = hundred(t)
    const vouched = Array.from({ length: 50 }, (_, number) => {
      const owner = leases.vouch({ id: `check:${number}`, name: 'a check' })
      leases.register(owner, users(`v${number}`), TTL_MS)
      return owner
    })
    for (const owner of vouched) leases.disconnect(owner)
    await clock.advance(GRACE_MS)
    assert.equal(rosters.find('users', 'v1'), undefined)
  })
})
