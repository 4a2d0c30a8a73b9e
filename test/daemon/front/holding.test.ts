import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe } from '../../../src/core/event.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { BackendHealth } from '../../../src/daemon/front/backend-health.ts'
import { BackendRefusedError } from '../../../src/daemon/front/errors.ts'
import { type Failure, Holding } from '../../../src/daemon/front/holding.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import {
  InstanceConflictError,
  LeaseLostError,
  RegistryClosedError,
  RegistryUnavailableError,
} from '../../../src/discovery/errors.ts'
import type { Instance } from '../../../src/discovery/instance.ts'
import type { Lease } from '../../../src/discovery/lease.ts'
import type { RegisterOptions } from '../../../src/discovery/registry.ts'
import type { Claim, OwnerKind } from '../../../src/discovery/store/owner.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const instanceOf = (id: string, fields = {}) =>
  createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, ...fields })

/** A Holding over a registry that notes what it is asked, and what can be done to both. */
function setting(kind: OwnerKind = 'session', ttlMs = 18_000) {
  const clock = new FakeClock()
  const store = new Store({ clock })
  const calls: string[] = []
  const failures: Failure[] = []
  const registrations: RegisterOptions[] = []
  let lost = new AbortController()
  let failure: Error | undefined
  let hung: Promise<void> | undefined
  let idle = 0
  const call = async (name: string) => {
    calls.push(name)
    await hung
    if (failure) throw failure
  }
  const register = async (instance: Instance, options: RegisterOptions = {}): Promise<Lease> => {
    await call('register')
    registrations.push(options)
    lost = new AbortController()
    const report = { acknowledged: true, watchers: 0, missing: [], tookMs: 0 }
    return {
      instance,
      ttlMs: options.ttlMs ?? 0,
      lost: lost.signal,
      renew: () => call('renew'),
      update: changes => call(`update ${Object.keys(changes).join(' ')}`),
      drain: async () => call('drain').then(() => report),
      revoke: () => call('revoke'),
    }
  }
  const holding = new Holding({
    registry: { register },
    url: 'engine://behind',
    health: new BackendHealth('engine://behind', () => {}),
    clock,
    random: seededRandom(1),
    onFailure: (_claim, failed) => failures.push(failed),
    onIdle: () => idle++,
  })
  const init = { id: 'a secret', name: 'somebody' }
  const owners = {
    session: () => store.leases.connect(init),
    timed: () => store.leases.timed(init),
    vouched: () => store.leases.vouch(init),
  }
  const owner = owners[kind]()
  const write = (fields = {}): Claim => {
    const claim = store.leases.register(owner, instanceOf('a', fields), ttlMs)
    holding.written(claim)
    return claim
  }
  const kept = () => new Promise<Error | undefined>(resolve => holding.whenKept(resolve))
  return {
    clock,
    store,
    holding,
    calls,
    failures,
    registrations,
    write,
    kept,
    lose: () => lost.abort(new LeaseLostError('users', 'a')),
    fail: (error?: Error) => (failure = error),
    /** Lets calls wait until the function it returns is called. */
    hang: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      hung = promise
      return resolve
    },
    idle: () => idle,
  }
}

describe('Holding', () => {
  it('registers, changes and revokes what the claim says, and tells when that is done', async () => {
    const { holding, calls, write, kept, idle } = setting()
    const claim = write()
    assert.equal(await kept(), undefined)
    write({ weight: 3 })
    await kept()
    holding.removed(claim)
    await kept()
    assert.deepEqual(calls, ['register', 'update weight', 'revoke'])
    assert.equal(idle(), 1)
  })

  it('makes one write of what is written in one go', async () => {
    const { calls, write, kept } = setting()
    for (const weight of [1, 2, 3]) write({ weight })
    await kept()
    assert.deepEqual(calls, ['register'])
  })

  it('registers by a name that says nothing of who holds it, and is the same for the same', async () => {
    const [one, other] = [setting(), setting()]
    for (const { write, kept } of [one, other]) {
      write()
      await kept()
    }
    const holders = [one, other].map(({ registrations }) => registrations[0]?.holder)
    assert.match(holders[0] ?? '', /^[\w-]{22}$/)
    assert.equal(holders[0], holders[1])
  })

  it('renews within a third of the TTL, and no more once it is closed', async () => {
    const { clock, store, holding, calls, write, kept } = setting()
    write()
    await kept()
    store.close()
    await clock.advance(18_000)
    const renewals = calls.filter(name => name === 'renew').length
    assert.ok(renewals >= 3 && renewals <= 4, `${renewals} renewals`)
    holding.close()
    await clock.advance(18_000)
    assert.equal(calls.filter(name => name === 'renew').length, renewals)
    assert.equal(clock.pending, 0)
  })

  it('tells who wrote why it is not kept', async () => {
    const { failures, write, kept, fail } = setting()
    const error = new RegistryUnavailableError('engine://behind')
    fail(error)
    write()
    assert.equal(await kept(), error)
    assert.deepEqual(failures, [{ error, former: undefined }])
  })

  it('says who refused what for reasons of its own', async () => {
    const { failures, write, kept, fail } = setting()
    fail(new Error('no rights'))
    write()
    const error = await kept()
    assert.ok(error instanceof BackendRefusedError)
    assert.match(error.message, /engine:\/\/behind, refused: no rights/)
    assert.equal(failures[0]?.error, error)
  })

  it('tells what is there in the place of a change that fails', async () => {
    const { failures, write, kept, fail } = setting()
    write()
    await kept()
    fail(new RegistryUnavailableError('engine://behind'))
    write({ weight: 3 })
    await kept()
    assert.equal(failures[0]?.former?.instance.weight, 1)
  })

  it('tells everybody whose write was undone with one that failed, also who wrote while that was under way', async () => {
    const { failures, write, kept, fail, hang } = setting()
    write()
    await kept()
    const goOn = hang()
    write({ weight: 3 })
    const first = kept()
    await Promise.resolve()
    write({ weight: 4 })
    const second = kept()
    const error = new RegistryUnavailableError('engine://behind')
    fail(error)
    goOn()
    assert.deepEqual([await first, await second], [error, error])
    assert.equal(failures.length, 1)
  })

  it('tries a conflict again for a while, which may be with what another front lets go of', async () => {
    const { clock, calls, failures, write, kept, fail } = setting()
    fail(new InstanceConflictError('users', 'a'))
    write()
    const passed = kept()
    await clock.advance(100)
    fail()
    await clock.advance(500)
    assert.equal(await passed, undefined)
    assert.deepEqual([failures, calls.length > 1], [[], true])
  })

  it('tells of a conflict that does not pass', async () => {
    const { clock, failures, write, kept, fail } = setting()
    const error = new InstanceConflictError('users', 'a')
    fail(error)
    write()
    const refused = kept()
    await clock.advance(5_000)
    assert.equal(await refused, error)
    assert.equal(failures.length, 1)
  })

  it('holds nothing in the backend for less than fifteen seconds, whatever its TTL is here', async () => {
    for (const [here, there] of [
      [100, 15_000],
      [60_000, 60_000],
    ] as const) {
      const { registrations, write, kept } = setting('session', here)
      write()
      await kept()
      assert.equal(registrations[0]?.ttlMs, there)
    }
  })

  it('keeps nobody waiting once it is closed', async () => {
    const { holding, write, kept } = setting()
    write()
    const waiting = kept()
    holding.close()
    assert.ok((await waiting) instanceof RegistryClosedError)
  })

  it('tells that it is lost', async () => {
    const { failures, write, kept, lose } = setting()
    write()
    await kept()
    lose()
    assert.ok(failures[0]?.error instanceof LeaseLostError)
  })

  it('tells that it was lost while something else was under way that went well', async () => {
    const { failures, write, kept, lose, hang } = setting()
    write()
    await kept()
    const goOn = hang()
    write({ weight: 3 })
    const changed = kept()
    await Promise.resolve()
    lose()
    goOn()
    await changed
    await Promise.resolve()
    assert.ok(failures[0]?.error instanceof LeaseLostError)
    assert.equal(failures.length, 1)
  })

  it('waits, when it shall hand over, until another process has it, or for as long as it may', async () => {
    const { clock, holding, write, kept, lose } = setting()
    write()
    await kept()
    const limit = new AbortController()
    let ended = 0
    const waits = [holding.handOver(limit.signal), holding.handOver(new AbortController().signal)]
    for (const wait of waits) void wait.then(() => ended++)
    await clock.advance(1_000)
    assert.equal(ended, 0)
    limit.abort()
    await clock.advance(0)
    assert.equal(ended, 1)
    lose()
    await clock.advance(100)
    assert.equal(ended, 2)
  })

  it('has nothing to hand over of what no session holds', async () => {
    const { holding, write, kept } = setting('timed')
    write()
    await kept()
    await holding.handOver(new AbortController().signal)
  })

  it('tries again by itself what is vouched for, for which nobody waits, and tells of it by an event', async t => {
    const { clock, calls, failures, registrations, write, kept, fail, lose } = setting('vouched')
    const events: string[] = []
    t.after(observe('daemon', ({ event }) => void events.push(event)))
    fail(new RegistryUnavailableError('engine://behind'))
    write()
    await kept()
    fail()
    await clock.advance(1_000)
    assert.deepEqual(calls, ['register', 'register'])
    lose()
    await clock.advance(1_000)
    assert.deepEqual(calls, ['register', 'register', 'register'])
    assert.deepEqual(failures, [])
    assert.equal(events.filter(event => event === 'backend.unkept').length, 2)
    assert.equal(registrations[0]?.ttlMs, 15_000)
  })

  it('drains, and registers anew what comes back from that', async () => {
    const { holding, calls, write, kept } = setting()
    write()
    assert.equal((await holding.drain({})).acknowledged, true)
    write()
    await kept()
    assert.deepEqual(calls, ['register', 'drain', 'register'])
  })

  it('refuses to drain what is not there', async () => {
    await assert.rejects(setting().holding.drain({}), LeaseLostError)
  })
})
