import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { fieldsIn } from '../../../src/discovery/changed-fields.ts'
import type { Instance } from '../../../src/discovery/instance.ts'
import type { DrainReport } from '../../../src/discovery/lease.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from './instances.ts'

describe('Store', () => {
  it('names its data by a new epoch unless told an old one', () => {
    assert.notEqual(new Store().epoch, new Store().epoch)
    assert.equal(new Store({ epoch: 'old' }).epoch, 'old')
  })

  it('begins with the records it is given, above the revision it is given', () => {
    const record = {
      number: 1,
      owner: { id: 'x', name: 'x', kind: 'session' as const },
      instance: users('a'),
      ttlMs: 1_000,
      draining: false,
    }
    const store = new Store({ clock: new FakeClock(), revision: 41, records: [record] })
    const { revision, instances, known } = store.rosters.set('users')
    assert.deepEqual([revision, known, instances], [42, true, [users('a', { status: 'unconfirmed' })]])
    store.close()
  })

  it('ends no drain before those who watched before a restart had the grace to come back', async () => {
    const clock = new FakeClock()
    const owner = { id: 'x', name: 'x', kind: 'timed' as const }
    const record = { number: 1, owner, instance: users('a'), ttlMs: 60_000, draining: false }
    const { leases, rosters } = new Store({ clock, graceMs: 3_000, quietMs: 1_000, records: [record] })
    const claim = rosters.find('users', 'a')
    assert.ok(claim)
    let report: DrainReport | undefined
    void leases.drain(claim, { drainMs: 5_000 }).then(given => (report = given))
    await clock.advance(1_500)
    const late = rosters.watch('users', { name: 'late', acknowledges: true, revision: 0, onChange: () => {} })
    const blip = rosters.watch('users', { name: 'blip', acknowledges: true, onChange: () => {} })
    blip.lose()
    await clock.advance(1_499)
    late.acknowledge(rosters.revision)
    await clock.settle()
    assert.equal(report, undefined)
    await clock.advance(1)
    assert.deepEqual(report, { acknowledged: true, watchers: 1, missing: [], tookMs: 3_000 })
    const again = leases.drain(claim, { drainMs: 5_000 })
    await clock.advance(1_000)
    assert.equal((await again).tookMs, 1_000, 'for the one that was lost')
  })

  it('changes nothing by time once it is closed', async () => {
    const clock = new FakeClock()
    const store = new Store({ clock })
    const owner = store.leases.connect({ id: 'one', name: 'one' })
    store.leases.register(owner, users('a'), 1_000)
    store.close()
    store.leases.disconnect(owner)
    await clock.advance(60_000)
    assert.equal(store.rosters.set('users').instances.length, 1)
    assert.equal(clock.pending, 0)
  })

  it('tells its watchers at the end of the turn', async () => {
    const store = new Store({ clock: new FakeClock() })
    let told = 0
    store.rosters.watch('users', { name: 'w', acknowledges: true, onChange: () => told++ })
    const owner = store.leases.connect({ id: 'one', name: 'one' })
    for (const id of ['a', 'b']) store.leases.register(owner, users(id), 1_000)
    assert.equal(told, 0)
    await nextTurn()
    assert.equal(told, 1)
  })

  it('leads whoever applies its deltas to the same instances as its sets, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
        const clock = new FakeClock()
        const store = new Store({ clock })
        const mirror = new Mirror(store)
        let revision = 0
        for (const { what, who, id, ms } of steps) {
          take(store, { what, who: `owner ${who}`, id: `id ${id}` })
          if (ms > 0) await clock.advance(ms)
          mirror.update()
          const set = store.rosters.set('users')
          assert.deepEqual(mirror.instances(), set.instances)
          assert.ok(set.revision >= revision)
          revision = set.revision
        }
        store.close()
      }),
      { numRuns: 40 },
    )
  })
})

const step = fc.record({
  what: fc.constantFrom('register', 'update', 'drain', 'revoke', 'disconnect', 'connect', 'renew', 'leave'),
  who: fc.nat({ max: 2 }),
  id: fc.nat({ max: 3 }),
  ms: fc.constantFrom(0, 0, 500, 1_000, 4_000),
})

function take({ leases, rosters }: Store, { what, who, id }: { what: string; who: string; id: string }): void {
  const owner = [...leases.owners()].find(one => one.id === who && one.presence === 'connected')
  const claim = rosters.find('users', id)
  if (what === 'connect' || !owner) leases.connect({ id: who, name: who })
  else if (what === 'disconnect') leases.disconnect(owner)
  else if (what === 'renew') leases.renew(owner)
  else if (what === 'leave') leases.leave(owner)
  else if (what === 'register' && (!claim || claim.owner === owner)) leases.register(owner, users(id), 1_000)
  else if (claim && what === 'update') leases.update(claim, { weight: (claim.instance.weight + 1) % 10 })
  else if (claim && what === 'revoke') leases.revoke(claim)
  else if (claim && what === 'drain') void leases.drain(claim, { drainMs: 100 })
}

/** A consumer that is told deltas, and whole sets only where there is no delta. */
class Mirror {
  readonly #store: Store
  #revision = 0
  #byId = new Map<string, Instance>()

  constructor(store: Store) {
    this.#store = store
  }

  update(): void {
    const delta = this.#store.rosters.delta('users', this.#revision)
    if (!delta) return this.#restart()
    for (const id of delta.gone) this.#byId.delete(id)
    for (const instance of delta.put) this.#byId.set(instance.id, instance)
    for (const { instance, fields } of delta.changed) {
      const former = this.#byId.get(instance.id)
      assert.ok(former, `${instance.id} changed, of which nothing was told`)
      const news = fieldsIn(fields).map(field => [field, instance[field]])
      this.#byId.set(instance.id, { ...former, ...(Object.fromEntries(news) as Partial<Instance>) })
    }
    this.#revision = delta.to
  }

  instances(): Instance[] {
    return [...this.#byId.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1))
  }

  #restart(): void {
    const { instances, revision } = this.#store.rosters.set('users')
    this.#byId = new Map(instances.map(instance => [instance.id, instance]))
    this.#revision = revision
  }
}
