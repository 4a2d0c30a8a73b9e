import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { RegistryUnavailableError } from '../../../src/discovery/errors.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { until } from '../../adapters/daemon/until.ts'
import { CountingRegistry } from '../../daemon/front/counting-registry.ts'
import { serveFront } from '../../daemon/front/serve-front.ts'

interface Entry {
  readonly Node: { readonly Node: string }
  readonly Service: { readonly ID: string; readonly Port: number }
  readonly Checks: readonly { readonly Status: string }[]
}

/** A front with the Consul API, and others who use the registry behind it. */
async function setting(t: TestContext) {
  const store = new Store()
  t.after(() => store.close())
  const registry = new CountingRegistry(store)
  const frontends = [new RestFrontend(), new ConsulFrontend({ nodeName: 'n0' })]
  const { url } = await serveFront(t, registry, { frontends })
  const ask = (path: string, init?: RequestInit) => fetch(`${url}/v1${path}`, init)
  const put = (path: string, body: object = {}) => ask(path, { method: 'PUT', body: JSON.stringify(body) })
  const entries = async (name: string) => (await (await ask(`/health/service/${name}`)).json()) as Entry[]
  return { store, registry, others: new MemoryRegistry({ store }), ask, put, entries }
}

const instanceOf = (id: string, fields = {}) =>
  createInstance({ serviceName: 'users', id, endpoints: ['tcp://10.0.0.7:80'], startedAt: 0, ...fields })

describe('The Consul API of a front', () => {
  it('shows what others have in the registry behind, with its health', async t => {
    const { others, ask, entries } = await setting(t)
    await others.register(instanceOf('a', { tags: ['blue'] }), { ttlMs: 60_000 })
    assert.deepEqual(await (await ask('/catalog/services')).json(), { consul: [], users: ['blue'] })
    const [entry] = await entries('users')
    assert.deepEqual([entry?.Service.ID, entry?.Service.Port], ['a', 80])
    assert.ok(entry?.Checks.every(({ Status }) => Status === 'passing'))
    const checks = (await (await ask('/health/state/any')).json()) as { ServiceID: string }[]
    assert.ok(checks.some(({ ServiceID }) => ServiceID === 'a'))
    assert.deepEqual(await (await ask('/catalog/service/none')).json(), [])
  })

  it('finds what others have in whatever case it is asked for', async t => {
    const { others, entries } = await setting(t)
    await others.register(instanceOf('a', { serviceName: 'Users' }), { ttlMs: 60_000 })
    await until(async () => (await entries('users')).length === 1, 'the name of another case is found')
  })

  it('wakes those who wait for a change of the registry behind', async t => {
    const { others, ask } = await setting(t)
    const first = await ask('/health/service/users')
    const index = first.headers.get('x-consul-index') ?? ''
    const woken = ask(`/health/service/users?index=${index}&wait=60s`)
    await others.register(instanceOf('a'), { ttlMs: 60_000 })
    const answer = await woken
    assert.equal(((await answer.json()) as Entry[]).length, 1)
    assert.notEqual(answer.headers.get('x-consul-index'), index)
  })

  it('holds behind what is registered at its agent, by its checks, and shows it once', async t => {
    const { store, put, entries } = await setting(t)
    const behind = () => store.rosters.find('users', 'u1')
    await put('/agent/service/register', {
      Name: 'users',
      ID: 'u1',
      Address: '10.0.0.8',
      Port: 81,
      Check: { TTL: '600s' },
    })
    await put('/agent/check/pass/service:u1')
    await until(() => behind() !== undefined, 'it is behind')
    assert.deepEqual(behind()?.instance.endpoints, ['tcp://10.0.0.8:81'])
    assert.deepEqual(
      (await entries('users')).map(({ Service }) => Service.ID),
      ['u1'],
    )
    await put('/agent/check/fail/service:u1')
    await until(() => behind() === undefined, 'it has gone behind after the grace')
    await put('/agent/check/pass/service:u1')
    await until(() => behind() !== undefined, 'it is behind again')
    await put('/agent/service/deregister/u1')
    await until(() => behind() === undefined, 'it has gone behind')
  })

  it('refuses with a text what would need data of its own', async t => {
    const { put, ask } = await setting(t)
    const refused = [
      await put('/kv/a', {}),
      await ask('/kv/a'),
      await put('/session/create'),
      await put('/txn', []),
      await put('/event/fire/deploy'),
      await ask('/query'),
      await put('/catalog/register', { Node: 'n1', Address: '10.0.0.1' }),
    ]
    for (const answer of refused) {
      assert.equal(answer.status, 501)
      assert.match(await answer.text(), /is the front of another one and keeps no data/)
    }
  })

  it('refuses to take out what was not registered through it', async t => {
    const { others, put } = await setting(t)
    await others.register(instanceOf('a'), { ttlMs: 60_000 })
    assert.equal((await put('/agent/service/deregister/a')).status, 409)
  })

  it('says that it has no leader while the registry behind is away', async t => {
    const { registry, others, ask, put } = await setting(t)
    await others.register(instanceOf('a'), { ttlMs: 60_000 })
    const known = async () => (await ask('/health/service/users')).headers.get('x-consul-knownleader')
    assert.equal(await known(), 'true')
    registry.failure = new RegistryUnavailableError('engine://behind')
    await put('/agent/service/register', { Name: 'orders', ID: 'o1', Address: '10.0.0.8', Port: 81 })
    await until(async () => (await known()) === 'false', 'it says so')
    registry.failure = undefined
    await until(async () => (await known()) === 'true', 'it says that it is back')
  })
})
