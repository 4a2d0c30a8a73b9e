import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { InstanceConflictError, RegistryUnavailableError } from '../../../src/discovery/errors.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { InstanceSet } from '../../../src/discovery/instance-set.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import type { Registry } from '../../../src/discovery/registry.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import type { ServicesAnswer, StatusAnswer } from '../../../src/protocol/rest.ts'
import { until } from '../../adapters/daemon/until.ts'
import { engineFixture } from '../../discovery/engine/engine-fixture.ts'
import { CountingRegistry } from './counting-registry.ts'
import { serveFront } from './serve-front.ts'

const instanceOf = (id: string, fields = {}) =>
  createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, ...fields })

/** Reads a service until its signal aborts, and keeps what it was told. */
function follow(registry: Registry, signal: AbortSignal): InstanceSet[] {
  const sets: InstanceSet[] = []
  void (async () => {
    for await (const set of registry.watch('users', { signal })) sets.push(set)
  })().catch(() => {})
  return sets
}

const idsOf = (set: InstanceSet | undefined) => set?.instances.map(({ id, status }) => `${id} ${status}`)

describe('A front', () => {
  it('shows what is in the registry behind, at the revisions of that', async t => {
    const registry = new CountingRegistry()
    await registry.register(instanceOf('a'))
    const { connect } = await serveFront(t, registry)
    const [sets, behind] = [connect(), registry].map(one => follow(one, t.signal))
    await until(() => idsOf(sets?.at(-1))?.[0] === 'a ready', 'the front shows it')
    await registry.register(instanceOf('b'))
    await until(() => sets?.at(-1)?.instances.length === 2, 'the front shows the other')
    assert.equal(sets?.at(-1)?.revision, behind?.at(-1)?.revision)
  })

  it('follows a service once in the registry behind, for 1,000 that watch it', async t => {
    const registry = new CountingRegistry()
    const { url, connect } = await serveFront(t, registry)
    const one = follow(connect(), t.signal)
    await until(() => one.length > 0, 'one watcher has its set')
    const openForOne = registry.open('users')
    // Twice: what is shown, and what is acknowledged. An EngineRegistry has one watch for both.
    assert.equal(openForOne, 2)
    const streams = Array.from({ length: 500 }, () => fetch(`${url}/api/v1/services/users/watch`, { signal: t.signal }))
    const clients = Array.from({ length: 500 }, () => connect())
    const followed = clients.map(client => follow(client, t.signal))
    await Promise.all(streams)
    await until(() => followed.every(sets => sets.length > 0), 'every watcher has its set')
    assert.equal(registry.open('users'), openForOne)
    await registry.register(instanceOf('a'))
    await until(() => followed.every(sets => sets.at(-1)?.instances.length === 1), 'every watcher has the change')
  })

  it('holds in the registry behind what is registered at it, until that is revoked', async t => {
    const registry = new CountingRegistry()
    const { connect } = await serveFront(t, registry)
    const behind = follow(registry, t.signal)
    const lease = await connect().register(instanceOf('a'), { ttlMs: 60_000 })
    await until(() => idsOf(behind.at(-1))?.[0] === 'a ready', 'it is behind')
    await lease.update({ weight: 7 })
    await until(() => behind.at(-1)?.instances[0]?.weight === 7, 'it has changed behind')
    await lease.revoke()
    await until(() => behind.at(-1)?.instances.length === 0, 'it has gone behind')
  })

  it('answers who has written when those that watch here are told, so that a watch which joins theirs shows it', async t => {
    const { server, engine, registry } = engineFixture()
    const { connect } = await serveFront(t, registry)
    const client = connect()
    const sets = follow(client, t.signal)
    await until(() => sets.length > 0, 'there is a watch')
    const tellsAgain = engine.stall()
    let isAnswered = false
    const registered = client.register(instanceOf('a'), { ttlMs: 60_000 }).then(() => (isAnswered = true))
    await until(() => server.record({ serviceName: 'users', id: 'a' }) !== undefined, 'it is behind')
    for (let turn = 0; turn < 100; turn++) await nextTurn()
    assert.equal(isAnswered, false)
    tellsAgain()
    await registered
    const joined = await client.watch('users', { signal: t.signal })[Symbol.asyncIterator]().next()
    assert.deepEqual(idsOf(joined.value as InstanceSet), ['a ready'])
  })

  it('takes out of the registry behind what nobody holds any more after the grace', async t => {
    const registry = new CountingRegistry()
    const { daemon, connect } = await serveFront(t, registry, { graceMs: 50 })
    const behind = follow(registry, t.signal)
    await connect().register(instanceOf('a'), { ttlMs: 60_000 })
    await until(() => behind.at(-1)?.instances.length === 1, 'it is behind')
    const [owner] = daemon.store?.leases.owners() ?? []
    assert.ok(owner)
    daemon.store?.leases.leave(owner)
    await until(() => behind.at(-1)?.instances.length === 0, 'it has gone behind')
  })

  it('refuses an id that somebody else holds behind, and leaves nothing of it', async t => {
    const store = new Store()
    t.after(() => store.close())
    const [registry, other] = [new CountingRegistry(store), new MemoryRegistry({ store })]
    await other.register(instanceOf('a'), { ttlMs: 60_000 })
    const { daemon, connect } = await serveFront(t, registry)
    await assert.rejects(connect().register(instanceOf('a')), InstanceConflictError)
    assert.equal(daemon.store?.leases.count, 0)
  })

  it('tells the holder when what it holds has gone behind', async t => {
    const store = new Store()
    t.after(() => store.close())
    const { connect } = await serveFront(t, new CountingRegistry(store))
    const lease = await connect().register(instanceOf('a'), { ttlMs: 60_000 })
    const claim = store.rosters.find('users', 'a')
    assert.ok(claim)
    store.leases.evict(claim, 'removed')
    await until(() => lease.lost.aborted, 'the lease is lost')
  })

  it('acknowledges a drain behind when all that watch at it have', async t => {
    const store = new Store({ quietMs: 0 })
    t.after(() => store.close())
    const { connect } = await serveFront(t, new CountingRegistry(store))
    const drained = await new MemoryRegistry({ store }).register(instanceOf('a'), { ttlMs: 60_000 })
    const sets = connect().watch('users')[Symbol.asyncIterator]()
    await sets.next()
    const report = drained.drain({ drainMs: 60_000 })
    const { value } = await sets.next()
    assert.deepEqual(idsOf(value as InstanceSet), ['a draining'])
    const early = await drained.drain({ drainMs: 50 })
    assert.equal(early.acknowledged, false)
    void sets.next()
    assert.equal((await report).acknowledged, true)
  })

  it('drains what is held at it for those who watch at another front', async t => {
    const store = new Store({ quietMs: 0 })
    t.after(() => store.close())
    const [one, other] = await Promise.all([1, 2].map(() => serveFront(t, new CountingRegistry(store))))
    const lease = await one?.connect().register(instanceOf('a'), { ttlMs: 60_000 })
    const sets = other?.connect().watch('users')[Symbol.asyncIterator]()
    await sets?.next()
    const report = lease?.drain({ drainMs: 60_000 })
    const next = await sets?.next()
    assert.deepEqual(idsOf(next?.value as InstanceSet), ['a draining'])
    void sets?.next()
    assert.equal((await report)?.acknowledged, true)
  })

  it('says that the registry behind is away, and registers nothing', async t => {
    const registry = new CountingRegistry()
    const { daemon, url, connect } = await serveFront(t, registry)
    registry.failure = new RegistryUnavailableError('engine://behind')
    await assert.rejects(connect().register(instanceOf('a')), { daemonCode: 'ERR_REGISTRY_UNAVAILABLE' })
    assert.equal(daemon.status, 'degraded')
    const status = (await (await fetch(`${url}/api/v1/status`)).json()) as { backend: object }
    assert.deepEqual(status.backend, { url: 'engine://behind', reached: false, followed: 0 })
    const ready = async () => (await fetch(`${url}/readyz`)).status
    assert.equal(await ready(), 503)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    registry.failure = undefined
    await connect().register(instanceOf('a'))
    assert.equal(daemon.status, 'ready')
    assert.equal(await ready(), 200)
  })

  it('is sure of nothing, and not ready, before the registry behind has answered', async t => {
    const registry = new CountingRegistry()
    const behind = registry.hold()
    const { url, daemon } = await serveFront(t, registry)
    const status = async () => (await (await fetch(`${url}/api/v1/status`)).json()) as StatusAnswer
    const readiness = async () => (await fetch(`${url}/readyz`)).status
    await until(() => daemon.store?.rosters.settled === true, 'those who were registered before had time to come back')
    const { settled, backend } = await status()
    assert.deepEqual([settled, backend?.reached, await readiness()], [false, false, 503])
    behind.resolve()
    await until(async () => (await status()).settled, 'the front is sure')
    assert.deepEqual([(await status()).backend?.reached, await readiness()], [true, 200])
  })

  it('answers curl: the services, one of them, and 409 for what was registered elsewhere', async t => {
    const store = new Store()
    t.after(() => store.close())
    const { url } = await serveFront(t, new CountingRegistry(store))
    await new MemoryRegistry({ store }).register(instanceOf('a'), { ttlMs: 60_000 })
    const get = async (path: string, init?: RequestInit) => (await fetch(`${url}/api/v1${path}`, init)).json()
    const { services } = (await get('/services')) as ServicesAnswer
    assert.deepEqual(
      services.map(({ serviceName, statuses }) => [serviceName, statuses]),
      [['users', { ready: 1 }]],
    )
    const { instances } = (await get('/services/users')) as InstanceSet
    assert.deepEqual(
      instances.map(({ id }) => id),
      ['a'],
    )
    const refused = (await get('/services/users/instances/a', { method: 'DELETE' })) as { error: { code: string } }
    assert.equal(refused.error.code, 'ERR_NOT_HELD_HERE')
  })

  it('renews for a client of REST that renews, and lets go when it does not', async t => {
    const store = new Store()
    t.after(() => store.close())
    const { url } = await serveFront(t, new CountingRegistry(store))
    const path = `${url}/api/v1/services/users/instances/a`
    const body = JSON.stringify({ endpoints: ['tcp://127.0.0.1:1'], ttlMs: 300 })
    const answer = await fetch(path, { method: 'PUT', body, headers: { 'content-type': 'application/json' } })
    assert.equal(answer.status, 201)
    assert.ok(store.rosters.find('users', 'a'))
    await until(() => store.rosters.find('users', 'a') === undefined, 'it has gone')
  })
})
