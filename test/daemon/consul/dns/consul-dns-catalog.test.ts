import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ConsulFrontend } from '../../../../src/daemon/consul/consul-frontend.ts'
import { DnsServer } from '../../../../src/daemon/dns/dns-server.ts'
import { createInstance } from '../../../../src/discovery/create-instance.ts'
import { FakeClock } from '../../../../src/testing/fake-clock.ts'
import { askByUdp, queryFor, readAnswer } from '../../dns/queries.ts'
import { CountingRegistry } from '../../front/counting-registry.ts'
import { serveFront } from '../../front/serve-front.ts'
import { serveConsul } from '../consul-server.ts'

const node = { name: 'other', address: '127.0.0.1', metadata: {} }

const check = (status: string) => ({ Check: { TTL: '1h', Status: status } })

const anybody = (_name: string): boolean => true

async function catalogOf(t: TestContext, { onlyPassing = false, mayRead = anybody, mayReadNode = anybody } = {}) {
  const served = await serveConsul(t)
  const catalog = served.frontend.dnsCatalog({ node, onlyPassing, quietMs: 2_000, mayRead, mayReadNode })
  const addresses = (name: string) => {
    const told = catalog.instances(name)
    return typeof told === 'string' ? told : told.map(({ address, weight }) => `${address} ${weight}`).toSorted()
  }
  const put = async (name: string, address: string, more: object = {}) => {
    const body = {
      Name: name,
      ID: `${name}-${address}`,
      Address: address,
      Port: 80,
      Weights: { Passing: 5, Warning: 2 },
      ...more,
    }
    assert.equal((await served.ask('PUT', '/v1/agent/service/register', body)).status, 200)
  }
  return { ...served, catalog, addresses, put }
}

const addressesOf = (told: readonly { readonly address: string }[] | string = []) =>
  typeof told === 'string' ? told : told.map(({ address }) => address)

describe('ConsulDnsCatalog', () => {
  it('tells services by their checks and weights, and instances of others beside them', async t => {
    const { addresses, put, register } = await catalogOf(t)
    await put('web', '10.0.0.1', check('passing'))
    await put('web', '10.0.0.2', check('warning'))
    await put('web', '10.0.0.3', check('critical'))
    register('n1', { serviceName: 'web', endpoints: ['tcp://10.0.0.4:80'], weight: 3 })
    assert.deepEqual(addresses('web'), ['10.0.0.1 5', '10.0.0.2 2', '10.0.0.4 3'])
  })

  it('tells none with a warning where only passing ones are wanted', async t => {
    const { addresses, put } = await catalogOf(t, { onlyPassing: true })
    await put('web', '10.0.0.1', check('passing'))
    await put('web', '10.0.0.2', check('warning'))
    await put('ill', '10.0.0.3', check('warning'))
    assert.deepEqual([addresses('web'), addresses('ill')], [['10.0.0.1 5'], []])
  })

  it('tells no service by the Consul API that became critical, even where there is no other, and of others those that may be dead', async t => {
    const { addresses, put, ask, register, store, owner } = await catalogOf(t)
    await put('web', '10.0.0.1', check('passing'))
    assert.deepEqual(addresses('web'), ['10.0.0.1 5'])
    await ask('PUT', '/v1/agent/check/fail/service:web-10.0.0.1')
    assert.deepEqual(addresses('web'), [])
    register('n1', { serviceName: 'web', endpoints: ['tcp://10.0.0.4:80'] })
    assert.deepEqual(addresses('web'), ['10.0.0.4 1'])
    store.leases.disconnect(owner)
    assert.deepEqual(addresses('web'), ['10.0.0.4 1'])
    await ask('PUT', '/v1/agent/check/pass/service:web-10.0.0.1')
    assert.deepEqual(addresses('web'), ['10.0.0.1 5'])
  })

  it('gives the same list until something of the service changes', async t => {
    const { catalog, put, ask } = await catalogOf(t)
    await put('web', '10.0.0.1', check('passing'))
    const before = catalog.instances('web')
    await put('other', '10.0.0.9')
    assert.equal(catalog.instances('web'), before)
    await ask('PUT', '/v1/agent/check/fail/service:web-10.0.0.1')
    assert.notEqual(catalog.instances('web'), before)
  })

  it('tells nothing at a front of what went while nobody read the service', async t => {
    const registry = new CountingRegistry()
    const clock = new FakeClock()
    const api = new ConsulFrontend({ nodeName: 'n0' })
    const dns = new DnsServer({
      endpoint: 'tcp:0:interface=127.0.0.1',
      catalog: (_context, defaults) => api.dnsCatalog(defaults),
    })
    const lease = await registry.register(
      createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://10.0.0.1:80'] }),
      { ttlMs: 600_000 },
    )
    await serveFront(t, registry, { clock, dns, frontends: [api] })
    const ask = async () => readAnswer(await askByUdp(dns.endpoint.port, queryFor('users.service.consul', 'A')))
    assert.deepEqual((await ask()).answers, ['users.service.consul 0 A 10.0.0.1'])
    await clock.advance(120_000)
    assert.equal(registry.open('users'), 0)
    await lease.revoke()
    const { code, answers } = await ask()
    assert.deepEqual([code, answers], ['NXDOMAIN', []])
  })

  it('finds services and nodes whatever case they were registered in', async t => {
    const { catalog, addresses, put, register } = await catalogOf(t)
    await put('WebShop', '10.0.0.1')
    assert.deepEqual(addresses('webshop'), ['10.0.0.1 5'])
    await put('WEBshop', '10.0.0.2')
    register('n1', { serviceName: 'webshop', endpoints: ['tcp://10.0.0.4:80'] })
    assert.deepEqual(addresses('webshop'), ['10.0.0.1 5', '10.0.0.2 5', '10.0.0.4 1'])
    assert.equal(catalog.node('n0')?.address, '127.0.0.1')
    assert.equal(catalog.node('none'), undefined)
  })

  it('tells nothing of what not everybody may read, by name or by query', async t => {
    const { catalog, addresses, put, ask } = await catalogOf(t, { mayRead: name => name !== 'Secret' })
    await put('Secret', '10.0.0.1')
    await ask('POST', '/v1/query', { Name: 'q', Service: { Service: 'Secret' } })
    assert.equal(addresses('secret'), 'forbidden')
    assert.equal(catalog.prepared('q')?.instances, 'forbidden')
    await put('SECRET', '10.0.0.2')
    assert.deepEqual(addresses('secret'), ['10.0.0.2 5'])
    assert.deepEqual(addressesOf(catalog.prepared('q')?.instances), ['10.0.0.2'])
    assert.equal(catalog.holder('10.0.0.1'), undefined)
  })

  it('runs prepared queries with their time to live, and knows whose an address is', async t => {
    const { catalog, put, ask } = await catalogOf(t)
    await put('web', '10.0.0.1', { Tags: ['a'] })
    await put('web', '10.0.0.2')
    await ask('POST', '/v1/query', { Name: 'q', Service: { Service: 'web', Tags: ['a'] }, DNS: { TTL: '90s' } })
    const prepared = catalog.prepared('q')
    assert.equal(prepared?.ttlS, 90)
    assert.equal(prepared?.instances.length, 1)
    assert.equal(catalog.prepared('none'), undefined)
    assert.deepEqual(catalog.holder('127.0.0.1'), { kind: 'node', name: 'n0' })
    assert.deepEqual(catalog.holder('10.0.0.2'), { kind: 'service', name: 'web' })
  })

  it('knows whose an address of IPv6 is however it was written', async t => {
    const { catalog, ask } = await catalogOf(t)
    await ask('PUT', '/v1/catalog/register', { Node: 'six', Address: 'FD00:0::1' })
    assert.deepEqual(catalog.holder('fd00::1'), { kind: 'node', name: 'six' })
  })

  it('lets a drain wait for those who ask by a prepared query, for as long as they may keep the answer', async t => {
    const { catalog, ask, register, store, clock } = await catalogOf(t)
    await ask('POST', '/v1/query', { Name: 'q', Service: { Service: 'users' }, DNS: { TTL: '90s' } })
    const claim = register('u1')
    assert.equal(catalog.prepared('q')?.instances.length, 1)
    let tookMs: number | undefined
    const drained = store.leases.drain(claim, { drainMs: 100_000 }).then(report => (tookMs = report.tookMs))
    await clock.advance(91_000)
    assert.equal(tookMs, undefined)
    await clock.advance(1_000)
    await drained
    assert.equal(tookMs, 92_000)
  })

  it('tells neither nodes that may not be read nor what is on them', async t => {
    const { addresses, put, ask, catalog, register } = await catalogOf(t, { mayReadNode: name => name === 'n1' })
    await put('web', '10.0.0.1', check('passing'))
    const Service = { Service: 'web', Address: '10.0.0.9', Port: 80 }
    await ask('PUT', '/v1/catalog/register', { Node: 'n1', Address: '10.0.0.8', Service })
    register('u1')
    assert.deepEqual(addresses('web'), ['10.0.0.9 1'])
    assert.deepEqual([catalog.node('n0'), catalog.node('n1')?.address], [undefined, '10.0.0.8'])
    assert.deepEqual([catalog.holder('127.0.0.1'), addresses('users')], [undefined, []])
  })
})
