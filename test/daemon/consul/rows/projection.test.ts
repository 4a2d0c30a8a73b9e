import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe } from '../../../../src/core/event.ts'
import { createInstance } from '../../../../src/discovery/create-instance.ts'
import { serveConsul } from '../consul-server.ts'

const SERVICE = { Name: 'web', ID: 'web-1', Address: '10.0.0.1', Port: 80, Weights: { Passing: 5, Warning: 2 } }

async function projected(t: Parameters<typeof serveConsul>[0], extra: object = {}) {
  const server = await serveConsul(t)
  const { ask, store } = server
  await ask('PUT', '/v1/agent/service/register', { ...SERVICE, Check: { TTL: '60s', Status: 'passing' }, ...extra })
  const seen = () => store.rosters.set('web').instances.map(({ id, status, weight }) => `${id} ${status} ${weight}`)
  return { ...server, seen, check: (word: string) => ask('PUT', `/v1/agent/check/${word}/service:web-1`) }
}

describe('Projection', () => {
  it('shows a service with all that an instance can say', async t => {
    const { store } = await projected(t, { Tags: ['v1', ''], Meta: { zone: 'a', version: '2', x: 'y' } })
    const [instance] = store.rosters.set('web').instances
    assert.deepEqual(instance?.endpoints, ['tcp://10.0.0.1:80'])
    assert.deepEqual([instance?.zone, instance?.version, instance?.tags], ['a', '2', ['v1']])
    assert.deepEqual(instance?.metadata, { zone: 'a', version: '2', x: 'y' })
  })

  it('is ready by the weight that its checks earn', async t => {
    const { seen, check } = await projected(t)
    assert.deepEqual(seen(), ['web-1 ready 5'])
    await check('warn')
    assert.deepEqual(seen(), ['web-1 ready 2'])
  })

  it('is suspect when it becomes critical, and gone after the grace, and back when it passes', async t => {
    const { seen, check, clock } = await projected(t)
    await check('fail')
    assert.deepEqual(seen(), ['web-1 suspect 5'])
    await check('pass')
    assert.deepEqual(seen(), ['web-1 ready 5'])
    await check('fail')
    await clock.advance(3_000)
    assert.deepEqual(seen(), [])
    await check('pass')
    assert.deepEqual(seen(), ['web-1 ready 5'])
  })

  it('is not there before it has passed for the first time', async t => {
    const { seen, check } = await projected(t, { Check: { TTL: '60s' } })
    assert.deepEqual(seen(), [])
    await check('pass')
    assert.deepEqual(seen(), ['web-1 ready 5'])
  })

  it('is draining in maintenance, its own or that of its node', async t => {
    const { seen, ask } = await projected(t)
    for (const path of ['service/maintenance/web-1', 'maintenance']) {
      await ask('PUT', `/v1/agent/${path}?enable=true`)
      assert.deepEqual(seen(), ['web-1 draining 5'])
      await ask('PUT', `/v1/agent/${path}?enable=false`)
      assert.deepEqual(seen(), ['web-1 ready 5'])
    }
  })

  it('goes when it is taken out, and changes its name', async t => {
    const { seen, ask, store } = await projected(t)
    await ask('PUT', '/v1/agent/service/register', { ...SERVICE, Name: 'shop' })
    assert.deepEqual([seen(), store.rosters.set('shop').instances.length], [[], 1])
    await ask('PUT', '/v1/agent/service/deregister/web-1')
    assert.equal(store.rosters.set('shop').instances.length, 0)
  })

  it('has the name of the node in its id elsewhere, and its address where the service has none', async t => {
    const { ask, store } = await projected(t)
    await ask('PUT', '/v1/catalog/register', {
      Node: 'ext',
      Address: '::1',
      Service: { ID: 'd', Service: 'db', Port: 5 },
    })
    const [instance] = store.rosters.set('db').instances
    assert.deepEqual([instance?.id, instance?.endpoints], ['d@ext', ['tcp://[::1]:5']])
  })

  it('leaves out what cannot be called or cannot be an instance, and says so of the latter', async t => {
    const told: string[] = []
    t.after(observe('daemon', ({ level, event }) => void (level === 'warn' && told.push(event))))
    const { ask, store } = await projected(t)
    await ask('PUT', '/v1/agent/service/register', { Name: 'portless' })
    assert.equal((await ask('PUT', '/v1/agent/service/register', { Name: 'a/b', Port: 5 })).status, 200)
    assert.deepEqual(store.rosters.names().names, ['web'])
    assert.deepEqual(told, ['consul.hidden'])
    assert.equal((await ask('GET', '/v1/catalog/service/a%2Fb')).body.length, 1)
  })

  it('gives way to an application that lives and has the same name and id', async t => {
    const { ask, store, owner } = await projected(t)
    const endpoints = ['tcp://127.0.0.1:1']
    const instance = createInstance({ serviceName: 'api', id: 'api', endpoints, startedAt: 1 })
    store.leases.register(owner, instance, 15_000)
    assert.equal((await ask('PUT', '/v1/agent/service/register', { Name: 'api', Port: 9 })).status, 200)
    assert.deepEqual(store.rosters.set('api').instances[0]?.endpoints, endpoints)
  })

  it('takes the place of an application when that has gone, here and on other nodes', async t => {
    const { ask, store, register } = await projected(t)
    const claims = [register('d', { serviceName: 'db' }), register('d@ext', { serviceName: 'db' })]
    await ask('PUT', '/v1/agent/service/register', { Name: 'db', ID: 'd', Port: 9 })
    const Service = { ID: 'd', Service: 'db', Port: 9 }
    await ask('PUT', '/v1/catalog/register', { Node: 'ext', Address: '10.0.0.9', Service })
    for (const claim of claims) store.leases.revoke(claim)
    await ask('GET', '/v1/status/leader')
    const seen = store.rosters.set('db').instances.map(({ id, endpoints }) => [id, endpoints[0]])
    assert.deepEqual(Object.fromEntries(seen), { d: 'tcp://127.0.0.1:9', 'd@ext': 'tcp://10.0.0.9:9' })
  })

  it('is another instance, and no longer the former, when its id is written in another case', async t => {
    const { ask, seen } = await projected(t)
    await ask('PUT', '/v1/agent/service/register', { ...SERVICE, ID: 'WEB-1' })
    assert.deepEqual(seen(), ['WEB-1 ready 5'])
    await ask('PUT', '/v1/agent/service/deregister/WEB-1')
    assert.deepEqual(seen(), [])
  })
})
