import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { request, serveConsul } from './consul-server.ts'

describe('ConsulFrontend', () => {
  it('shows what applications register as services with a check', async t => {
    const { ask, register, owner, store } = await serveConsul(t)
    register('u1', { tags: ['v1'], zone: 'berlin', version: '1.2', metadata: { team: 'x' }, weight: 3 })
    const [entry] = (await ask('GET', '/v1/health/service/users')).body
    assert.deepEqual(entry.Service.Meta, { zone: 'berlin', version: '1.2', team: 'x' })
    assert.deepEqual([entry.Service.Address, entry.Service.Port, entry.Service.Tags], ['10.0.0.5', 8080, ['v1']])
    assert.deepEqual(entry.Service.Weights, { Passing: 3, Warning: 3 })
    assert.deepEqual(
      entry.Checks.map(({ CheckID, Status }: { CheckID: string; Status: string }) => [CheckID, Status]),
      [
        ['serfHealth', 'passing'],
        ['service:u1', 'passing'],
      ],
    )
    store.leases.disconnect(owner)
    assert.equal((await ask('GET', '/v1/health/service/users?passing')).body.length, 0)
    assert.equal((await ask('GET', '/v1/health/state/critical')).body[0].CheckID, 'service:u1')
    assert.deepEqual((await ask('GET', '/v1/catalog/services')).body, { consul: [], users: ['v1'] })
  })

  it('wakes who waits for a service when an application changes it', async t => {
    const { ask, url, register } = await serveConsul(t)
    const { index } = await ask('GET', '/v1/health/service/users')
    const waiting = request(`${url}/v1/health/service/users?index=${index}`)
    await ask('GET', '/v1/status/leader')
    register('u1')
    assert.equal((await waiting).body.length, 1)
  })

  it('lets drains wait the quiet period for those who wait for a service', async t => {
    const { ask, register, store, clock } = await serveConsul(t)
    await ask('GET', '/v1/health/service/users')
    const claim = register('u1')
    await ask('GET', '/v1/health/service/users')
    const drained = store.leases.drain(claim)
    await clock.advance(1_000)
    assert.equal((await drained).tookMs, 1_000)
  })

  it('takes out an instance of an application at the word of an operator', async t => {
    const { ask, register, store } = await serveConsul(t)
    register('u1')
    assert.equal((await ask('PUT', '/v1/agent/service/deregister/u1')).status, 200)
    assert.equal(store.leases.count, 0)
  })

  it('answers methods, paths and options as Consul does', async t => {
    const { ask } = await serveConsul(t)
    const wrong = await ask('POST', '/v1/catalog/nodes')
    assert.deepEqual(
      [wrong.status, wrong.headers.get('allow'), wrong.text],
      [405, 'OPTIONS,GET', 'method POST not allowed'],
    )
    const options = await ask('OPTIONS', '/v1/kv/x')
    assert.deepEqual([options.status, options.headers.get('allow')], [200, 'OPTIONS,GET,PUT,DELETE'])
    assert.equal((await ask('HEAD', '/v1/catalog/nodes')).status, 405)
    assert.equal((await ask('GET', '/v1/nope')).status, 404)
    const moved = await ask('GET', '/v1/kv//a?raw')
    assert.deepEqual([moved.status, moved.headers.get('location')], [301, '/v1/kv/a?raw'])
    assert.equal((await ask('GET', '/v1/kv/%zz')).status, 400)
  })

  it('indents where that is asked for, and compresses long answers for who takes it', async t => {
    const { ask, url } = await serveConsul(t)
    assert.equal((await ask('GET', '/v1/catalog/services?pretty')).text, '{\n    "consul": []\n}\n')
    for (let id = 0; id < 10; id++) await ask('PUT', '/v1/agent/service/register', { Name: 'web', ID: `web-${id}` })
    const plain = await ask('GET', '/v1/health/service/web')
    const { statusCode, headers, body } = await rawRequest(`${url}/v1/health/service/web`)
    assert.deepEqual([statusCode, headers['content-encoding']], [200, 'gzip'])
    assert.equal(gunzipSync(body).toString(), plain.text)
  })

  it('is indented always in the manner of the development mode', async t => {
    const { ask } = await serveConsul(t, { indented: true })
    assert.equal((await ask('GET', '/v1/catalog/datacenters')).text, '[\n    "dc1"\n]\n')
  })

  it('says what it does not support', async t => {
    const { ask } = await serveConsul(t)
    const { status, text } = await ask('GET', '/v1/connect/ca/roots')
    assert.equal(status, 501)
    assert.match(text, /Connect must be enabled .* this registry has no mesh/)
    assert.equal((await ask('GET', '/v1/snapshot')).status, 501)
    assert.equal((await ask('GET', '/v1/operator/license')).status, 404)
    const Service = { Service: 'x', Connect: { SidecarService: {} } }
    const mesh = await ask('PUT', '/v1/catalog/register', { Node: 'n', Address: '10.0.0.1', Service })
    assert.equal(mesh.status, 501)
  })
})

async function rawRequest(url: string) {
  const { request: ask } = await import('undici')
  const { statusCode, headers, body } = await ask(url, { headers: { 'accept-encoding': 'gzip' } })
  return { statusCode, headers, body: Buffer.from(await body.arrayBuffer()) }
}
