import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DaemonRegistry } from '../../../src/adapters/daemon/registry.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { Resolver } from '../../../src/discovery/resolver.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { ScriptedDaemon, WELCOME } from './scripted-daemon.ts'

function registry() {
  const clock = new FakeClock()
  const daemon = new ScriptedDaemon()
  const made = new DaemonRegistry({ dial: daemon.dial, clock, random: seededRandom(1), clientName: 'test' })
  return { clock, daemon, registry: made }
}

const instance = (id: string) =>
  createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 1 })

const wire = (id: string) => ({ id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 1 })
const key = (id: string) => ({ service: 'users', id })
const flags = { service: 'users', known: true, settled: true }

async function registered() {
  const parts = registry()
  const asked = parts.registry.register(instance('u1'), { ttlMs: 9_000 })
  await parts.clock.settle()
  parts.daemon.last.ok('register')
  return { ...parts, lease: await asked }
}

/** Cuts the connection; the session comes back and finds `held`. */
async function reconnect({ clock, daemon }: ReturnType<typeof registry>, held: { service: string; id: string }[]) {
  daemon.greeting = { ...WELCOME, held }
  daemon.last.end()
  await clock.advance(200)
}

describe('DaemonRegistry', () => {
  it('does nothing before it is used', async () => {
    const { clock, daemon, registry: made } = registry()
    made.watch('users')
    await clock.settle()
    assert.equal(daemon.attempts, 0)
  })

  it('registers what it is given, with its TTL', async () => {
    const { daemon, lease } = await registered()
    const [message] = daemon.last.received('register')
    assert.deepEqual([message?.service, message?.instance.id, message?.ttlMs], ['users', 'u1', 9_000])
    assert.deepEqual([lease.instance.id, lease.ttlMs], ['u1', 9_000])
  })

  it('keeps a lease that the daemon still holds when the session is resumed, and registers nothing again', async () => {
    const parts = await registered()
    await reconnect(parts, [key('u1')])
    assert.equal(parts.lease.lost.aborted, false)
    assert.deepEqual(parts.daemon.last.received('register'), [])
  })

  it('loses a lease that the daemon no longer holds when the session is resumed', async () => {
    const parts = await registered()
    await reconnect(parts, [])
    assert.equal(parts.lease.lost.reason.code, 'ERR_LEASE_LOST')
  })

  it('loses a lease that the daemon says is gone, even in the very frame that grants it', async () => {
    const { clock, daemon, registry: made } = registry()
    const asked = made.register(instance('u1'))
    await clock.settle()
    const seq = daemon.last.received('register')[0]?.seq ?? 0
    daemon.last.say({ type: 'ok', seq }, { type: 'lost', ...key('u1'), cause: 'removed' })
    assert.equal((await asked).lost.aborted, true)
  })

  it('does not take the loss of a former claim for that of the one it asks for', async () => {
    const { clock, daemon, registry: made } = registry()
    const asked = made.register(instance('u1'))
    await clock.settle()
    const seq = daemon.last.received('register')[0]?.seq ?? 0
    daemon.last.say({ type: 'lost', ...key('u1'), cause: 'lapsed' }, { type: 'ok', seq })
    assert.equal((await asked).lost.aborted, false)
  })

  it('registers once more, with the same lease, what was asked for before the connection was lost', async () => {
    const { clock, daemon, registry: made } = registry()
    const asked = made.register(instance('u1'))
    await clock.settle()
    daemon.last.end()
    await clock.advance(200)
    assert.deepEqual(daemon.last.received('hello')[0]?.held, [key('u1')])
    daemon.last.ok('register')
    assert.equal((await asked).lost.aborted, false)
  })

  it('gives the same lease to whoever registers again what this process holds', async () => {
    const { clock, daemon, registry: made, lease } = await registered()
    const asked = made.register(instance('u1'), { ttlMs: 4_000 })
    await clock.settle()
    daemon.last.ok('register')
    assert.equal(await asked, lease)
    assert.equal(lease.ttlMs, 4_000)
  })

  it('renews everything with one message, however many leases ask in one turn', async () => {
    const { clock, daemon, registry: made } = registry()
    const asked = Array.from({ length: 1_000 }, (_, at) => made.register(instance(`u${at}`)))
    await clock.settle()
    for (const { seq } of daemon.last.received('register')) daemon.last.say({ type: 'ok', seq })
    const leases = await Promise.all(asked)
    const framesBefore = daemon.last.frames.length
    const renewals = leases.map(lease => lease.renew())
    await clock.settle()
    assert.equal(daemon.last.frames.length - framesBefore, 1)
    daemon.last.ok('renew')
    await Promise.all(renewals)
    assert.equal(daemon.last.received('renew').length, 1)
  })

  it('reports a conflict as such', async () => {
    const { clock, daemon, registry: made } = registry()
    const rejected = assert.rejects(made.register(instance('u1')), { code: 'ERR_INSTANCE_CONFLICT' })
    await clock.settle()
    const seq = daemon.last.received('register')[0]?.seq ?? 0
    daemon.last.say({ type: 'error', seq, code: 'ERR_INSTANCE_CONFLICT', message: 'taken' })
    await rejected
    await clock.settle()
    assert.deepEqual(daemon.last.received('revoke'), [])
  })

  it('takes a registration back that was given up before its answer', async () => {
    const { clock, daemon, registry: made } = registry()
    const giveUp = new AbortController()
    const asked = made.register(instance('u1'), { signal: giveUp.signal })
    await clock.settle()
    giveUp.abort(new Error('given up'))
    await assert.rejects(asked, /given up/)
    await clock.settle()
    assert.deepEqual(
      daemon.last.received('revoke').map(({ id }) => id),
      ['u1'],
    )
  })

  it('no longer claims what it has revoked, even if the daemon has not heard of that', async () => {
    const parts = await registered()
    const revoked = parts.lease.revoke()
    await reconnect(parts, [])
    assert.deepEqual(parts.daemon.last.received('hello')[0]?.held, [])
    parts.daemon.last.ok('revoke')
    await revoked
    assert.equal(parts.lease.lost.aborted, false)
  })

  it('takes out what the daemon still has by an old hello, when the revocation could not be told', async () => {
    const parts = await registered()
    const { clock, daemon, lease } = parts
    daemon.greeting = undefined
    daemon.last.end()
    await clock.advance(6_000)
    assert.deepEqual(daemon.last.received('hello')[0]?.held, [key('u1')])
    await assert.rejects(Promise.all([lease.revoke(), clock.advance(0)]), { code: 'ERR_REGISTRY_UNAVAILABLE' })
    daemon.last.welcome({ held: [key('u1')] })
    await clock.settle()
    assert.deepEqual(
      daemon.last.received('revoke').map(({ id }) => id),
      ['u1'],
    )
  })

  it('loses the claim of whoever registers the same, when that goes with a registration that was given up', async () => {
    const { clock, daemon, registry: made } = registry()
    const giveUp = new AbortController()
    const first = made.register(instance('u1'), { signal: giveUp.signal })
    const second = made.register(instance('u1'))
    await clock.settle()
    giveUp.abort(new Error('given up'))
    await assert.rejects(first, /given up/)
    await clock.settle()
    assert.equal(daemon.last.received('revoke').length, 1)
    for (const { seq } of daemon.last.received('register')) daemon.last.say({ type: 'ok', seq })
    const lease = await second
    assert.equal(lease.lost.aborted, true)
    await assert.rejects(lease.renew(), { code: 'ERR_LEASE_LOST' })
  })

  it('waits for a registry that is absent at first, and registers when it appears', async () => {
    const { clock, daemon, registry: made } = registry()
    daemon.refusing = true
    const asked = made.register(instance('u1'))
    await clock.advance(1_000)
    daemon.refusing = false
    await clock.advance(2_000)
    daemon.last.ok('register')
    assert.equal((await asked).instance.id, 'u1')
  })

  it('reports how long a drain took from its own call', async () => {
    const { clock, daemon, lease } = await registered()
    const drained = lease.drain({ drainMs: 2_000 })
    await clock.advance(70)
    const [message] = daemon.last.received('drain')
    const report = { acknowledged: true, watchers: 2, missing: [], tookMs: 1 }
    daemon.last.say({ type: 'drained', seq: message?.seq ?? 0, report })
    assert.deepEqual(await drained, { ...report, tookMs: 70 })
    assert.equal(message?.drainMs, 2_000)
  })

  it('shares one watch of a service among all who watch it, and ends it with the last', async () => {
    const { clock, daemon, registry: made } = registry()
    const giveUp = new AbortController()
    const readers = [1, 2, 3].map(() => made.watch('users', { signal: giveUp.signal })[Symbol.asyncIterator]())
    const firsts = readers.map(reader => reader.next())
    await clock.settle()
    daemon.last.say({ type: 'set', ...flags, revision: 1, instances: [] })
    await Promise.all(firsts)
    assert.equal(daemon.last.received('watch').length, 1)
    const ends = readers.map(reader => assert.rejects(reader.next(), { name: 'AbortError' }))
    giveUp.abort()
    await Promise.all(ends)
    await clock.settle()
    assert.equal(daemon.last.received('unwatch').length, 1)
  })

  it('goes on with its watches on a new connection', async () => {
    const parts = registry()
    const sets = parts.registry.watch('users')[Symbol.asyncIterator]()
    const names = parts.registry.services()[Symbol.asyncIterator]()
    const firsts = [sets.next(), names.next()]
    await parts.clock.settle()
    parts.daemon.last.say({ type: 'set', ...flags, revision: 1, instances: [] })
    parts.daemon.last.say({ type: 'names', revision: 1, names: ['users'] })
    await Promise.all(firsts)
    const stale = sets.next()
    await reconnect(parts, [])
    assert.equal((await stale).value?.stale, true)
    const [watch] = parts.daemon.last.received('watch')
    assert.deepEqual([watch?.epoch, watch?.revision], ['epoch-1', 1])
    assert.equal(parts.daemon.last.received('watch-names').length, 1)
  })

  it('takes no instance from a Resolver for a silence of the connection that others may have suffered as well', async t => {
    const { clock, daemon, registry: made } = registry()
    daemon.greeting = { ...WELCOME, pingMs: 1_000, graceMs: 500 }
    const resolver = new Resolver({ registry: made, serviceName: 'users', clock, random: seededRandom(1) })
    t.after(() => resolver.stop())
    await resolver.start()
    await clock.settle()
    daemon.last.say({ type: 'set', ...flags, revision: 1, instances: [wire('a'), wire('b')] })
    await clock.advance(3_500)
    assert.equal(daemon.connections.length, 2)
    daemon.last.say({ type: 'delta', ...flags, from: 1, to: 3, gone: ['a', 'b'] })
    await clock.settle()
    const known = () => resolver.instances.map(({ id, status }) => `${id} ${status}`)
    assert.deepEqual([known(), resolver.set.stale], [['a unconfirmed', 'b unconfirmed'], false])
    daemon.last.say({ type: 'delta', ...flags, from: 3, to: 4, put: [wire('a')] })
    await clock.advance(2_000)
    assert.deepEqual(known(), ['a ready', 'b unconfirmed'])
    daemon.last.pong()
    await clock.advance(1_500)
    assert.deepEqual([known(), resolver.set.settled], [['a ready'], true])
  })

  it('takes the word of the daemon for an absence after a connection that was cut and made again within the grace', async () => {
    const parts = registry()
    const sets = parts.registry.watch('users')[Symbol.asyncIterator]()
    const first = sets.next()
    await parts.clock.advance(4_000)
    parts.daemon.last.say({ type: 'set', ...flags, revision: 1, instances: [wire('a')] })
    await first
    await reconnect(parts, [])
    assert.equal((await sets.next()).value?.stale, true)
    const next = sets.next()
    parts.daemon.last.say({ type: 'delta', ...flags, from: 1, to: 2, gone: ['a'] })
    const { instances = [], settled } = (await next).value ?? {}
    assert.deepEqual([instances.length, settled], [0, true])
  })

  it('refuses names of services that can be none', async () => {
    const { registry: made } = registry()
    await assert.rejects(made.watch('a/b')[Symbol.asyncIterator]().next(), { code: 'ERR_INVALID_INSTANCE' })
  })

  it('survives an instance it cannot read, by making a new connection', async () => {
    const parts = registry()
    void parts.registry.watch('users')[Symbol.asyncIterator]().next()
    await parts.clock.settle()
    const broken = { id: '', endpoints: [], startedAt: 0 }
    parts.daemon.last.say({ type: 'set', ...flags, revision: 1, instances: [broken] })
    await parts.clock.advance(200)
    assert.equal(parts.daemon.connections.length, 2)
  })

  it('ends watches and refuses further use when it is closed', async () => {
    const { clock, daemon, registry: made } = registry()
    const waiting = assert.rejects(made.watch('users')[Symbol.asyncIterator]().next(), { code: 'ERR_REGISTRY_CLOSED' })
    await clock.settle()
    const closing = made.close()
    await clock.settle()
    assert.deepEqual(daemon.last.messages.at(-1), { type: 'bye' })
    daemon.last.end(1000)
    await closing
    await waiting
    await assert.rejects(made.register(instance('u1')), { code: 'ERR_REGISTRY_CLOSED' })
    await assert.rejects(made.watch('users')[Symbol.asyncIterator]().next(), { code: 'ERR_REGISTRY_CLOSED' })
    await made.close()
    assert.equal(clock.pending, 0)
  })
})
