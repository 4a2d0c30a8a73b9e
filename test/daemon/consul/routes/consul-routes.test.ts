import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StoreLimitError } from '../../../../src/discovery/store/limits.ts'
import { request, serveConsul } from '../consul-server.ts'

function refuse(): never {
  throw new StoreLimitError('bytes of memory', 1)
}

describe('The routes of the Consul API', () => {
  it('tell of the agent', async t => {
    const { ask } = await serveConsul(t, { serverPort: 8300 })
    const self = (await ask('GET', '/v1/agent/self')).body
    assert.deepEqual([self.Config.NodeName, self.Config.Datacenter, self.Config.Version], ['n0', 'dc1', '1.8.7'])
    assert.equal((await ask('GET', '/v1/status/leader')).body, '127.0.0.1:8300')
    assert.deepEqual((await ask('GET', '/v1/status/peers')).body, ['127.0.0.1:8300'])
    const [member] = (await ask('GET', '/v1/agent/members')).body
    assert.deepEqual([member.Status, member.Port, member.Tags.wan_join_port], [1, 8301, '8302'])
    const [beyond] = (await ask('GET', '/v1/agent/members?wan=1')).body
    assert.deepEqual([beyond.Name, beyond.Port, beyond.Tags.wan_join_port], ['n0.dc1', 8302, undefined])
    assert.deepEqual((await ask('GET', '/v1/coordinate/nodes')).body, [])
  })

  it('put keys as they come, and give them as they are asked for', async t => {
    const { ask, url } = await serveConsul(t)
    assert.equal((await ask('PUT', '/v1/kv/a', 'hello')).body, true)
    const raw = await ask('GET', '/v1/kv/a?raw')
    assert.deepEqual([raw.text, raw.headers.get('content-security-policy')], ['hello', 'sandbox'])
    const [row] = (await ask('GET', '/v1/kv/a')).body
    assert.equal(Buffer.from(row.Value, 'base64').toString(), 'hello')
    assert.equal((await request(`${url}/v1/kv/a`, { method: 'PUT', body: 'x'.repeat(524_289) })).status, 413)
    const bytes = Buffer.from([0, 255, 128])
    await fetch(`${url}/v1/kv/b`, { method: 'PUT', body: bytes })
    const answer = await fetch(`${url}/v1/kv/b?raw`)
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes)
  })

  it('add nothing where there is no memory, and go on with all that makes nothing larger', async t => {
    const memory = { isFull: false, requireRoom: () => assert.ok(!memory.isFull || refuse()) }
    const { ask } = await serveConsul(t, { memory })
    const service = { ID: 'w', Name: 'web', Port: 80, Check: { CheckID: 'c', TTL: '10s' } }
    assert.equal((await ask('PUT', '/v1/agent/service/register', service)).status, 200)
    const { ID } = (await ask('PUT', '/v1/session/create', {})).body
    assert.equal((await ask('PUT', `/v1/kv/lock?acquire=${ID}`, 'me')).body, true)
    memory.isFull = true
    const refused = [
      ['PUT', '/v1/agent/service/register', { ...service, ID: 'w2' }],
      ['PUT', '/v1/agent/check/register', { Name: 'c2', TTL: '10s' }],
      ['PUT', '/v1/catalog/register', { Node: 'n1', Address: '10.0.0.1' }],
      ['PUT', '/v1/kv/a', 'x'],
      ['POST', '/v1/query', { Name: 'q', Service: { Service: 'web' } }],
      ['PUT', '/v1/session/create', { Checks: Array.from({ length: 200 }, () => 'serfHealth') }],
    ] as const
    for (const [method, path, body] of refused) {
      const { status, text } = await ask(method, path, body)
      assert.deepEqual([path, status, /^The registry is full: .* memory/.test(text)], [path, 500, true])
    }
    const done = ['check/pass/c', 'check/fail/c', 'check/pass/c', 'service/maintenance/w?enable=true']
    const goesOn = [
      ...done.map(path => `/v1/agent/${path}`),
      `/v1/kv/lock?release=${ID}`,
      '/v1/session/create',
      '/v1/agent/service/deregister/w',
    ]
    for (const path of goesOn) assert.deepEqual([path, (await ask('PUT', path)).status], [path, 200])
    assert.equal((await ask('GET', '/v1/catalog/service/web')).body.length, 0)
  })

  it('fire events, and let others wait for the next one', async t => {
    const { ask, url } = await serveConsul(t)
    await ask('PUT', '/v1/agent/service/register', { Name: 'web', Tags: ['v1'] })
    await ask('PUT', '/v1/event/fire/deploy', 'one')
    await ask('PUT', '/v1/event/fire/deploy?service=web&tag=v2', 'for others')
    const first = await ask('GET', '/v1/event/list')
    const index = first.headers.get('x-consul-index') ?? ''
    const waiting = request(`${url}/v1/event/list?index=${index}`)
    await ask('PUT', '/v1/event/fire/deploy?service=web&tag=v1', 'two')
    const next = await waiting
    assert.deepEqual([first.body.length, next.body.length], [1, 2])
    assert.notEqual(next.headers.get('x-consul-index'), index)
  })

  it('remember the last 256 events only', async t => {
    const { ask } = await serveConsul(t)
    for (let count = 0; count < 260; count++) await ask('PUT', `/v1/event/fire/e${count}`)
    const { body } = await ask('GET', '/v1/event/list')
    assert.deepEqual([body.length, body[0].Name], [256, 'e4'])
  })

  it('list sessions by node', async t => {
    const { ask } = await serveConsul(t)
    const { ID } = (await ask('PUT', '/v1/session/create', { Name: 'x' })).body
    assert.equal((await ask('GET', '/v1/session/node/n0')).body[0].ID, ID)
    assert.deepEqual((await ask('GET', '/v1/session/node/other')).body, [])
  })
})
