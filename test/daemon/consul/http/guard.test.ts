import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe } from '../../../../src/core/event.ts'
import { demandOf } from '../../../../src/daemon/consul/http/demands.ts'
import { endpoints } from '../../../../tools/consul-api/document.ts'
import { type Json, request } from '../consul-server.ts'
import { guardedConsul } from '../guarded-consul.ts'

/** Where nothing is told that anybody would hide. */
const OPEN = new Set([
  '/v1/status/leader',
  '/v1/status/peers',
  '/v1/catalog/datacenters',
  '/v1/catalog/gateway-services/',
  '/v1/health/ingress/',
  '/v1/coordinate/datacenters',
  '/v1/coordinate/nodes',
  '/v1/coordinate/node/',
  '/v1/acl/replication',
])

const LISTS = [
  '/v1/catalog/nodes',
  '/v1/catalog/services',
  '/v1/catalog/service/web',
  '/v1/catalog/node/n0',
  '/v1/health/service/web',
  '/v1/health/connect/web',
  '/v1/catalog/connect/web',
  '/v1/health/checks/web',
  '/v1/health/node/n0',
  '/v1/health/state/any',
  '/v1/agent/members',
  '/v1/agent/services',
  '/v1/agent/checks',
  '/v1/session/list',
  '/v1/session/node/n0',
  '/v1/event/list',
  '/v1/query',
  '/v1/kv/?recurse',
  '/v1/kv/?keys',
]

const EMPTY_LISTS: Readonly<Record<string, string>> = {
  '/v1/catalog/services': '{}',
  '/v1/catalog/node/n0': 'null',
  '/v1/agent/services': '{}',
  '/v1/agent/checks': '{}',
  '/v1/kv/?recurse': '',
}

/** What a list is about: ids of services or checks, or the names it goes by. */
function namesIn(body: Json): string[] {
  if (!Array.isArray(body)) return Object.keys(body).toSorted()
  const names: string[] = body.map(one => one.CheckID ?? one.ServiceID ?? one.Service.ID)
  return names.toSorted()
}

const operation = (Verb: string, Key: string) => ({ KV: { Verb, Key, Value: 'eA==' } })

describe('The Consul API with rules of access', () => {
  it('lets nobody without rights in anywhere but where nothing is told, or where lists are shorter', async t => {
    const { ask, status } = await guardedConsul(t)
    for (const { path, methods } of endpoints()) {
      for (const method of Object.keys(methods)) {
        if (method === 'GET' && OPEN.has(path)) continue
        if (demandOf(method, path).on === 'handler') continue
        const rest = path.endsWith('/') ? 'pay-roll' : ''
        assert.equal(await status('nobody', `${method} ${path}${rest}`), 403, `${method} ${path}`)
      }
    }
    for (const path of LISTS) {
      const { status: code, text } = await ask('nobody', `GET ${path}`)
      assert.deepEqual([code, text.trim()], [code === 404 ? 404 : 200, EMPTY_LISTS[path] ?? '[]'], path)
    }
    assert.equal(await status('guess', 'GET /v1/catalog/nodes'), 403)
  })

  it('lets a token register, tell of and take out its services, and not those of others', async t => {
    const { ask, status } = await guardedConsul(t)
    const web = { Name: 'web', ID: 'w1', Check: { TTL: '10s' } }
    assert.equal(await status('web', 'PUT /v1/agent/service/register', web), 200)
    assert.equal(await status('web', 'PUT /v1/agent/check/pass/service:w1'), 200)
    assert.equal(
      await status('operator', 'PUT /v1/agent/service/register', { Name: 'pay', ID: 'p1', Check: { TTL: '10s' } }),
      200,
    )
    const two = { Name: 'pay', ID: 'p2', Checks: [{ TTL: '10s' }, { TTL: '20s' }] }
    assert.equal(await status('operator', 'PUT /v1/agent/service/register', two), 200)
    const catalogued = { Node: 'n0', Address: '127.0.0.1', SkipNodeUpdate: true }
    const alone = { ...catalogued, Service: { Service: 'pay', ID: 'p3' }, Check: { Name: 'c3', ServiceID: 'p3' } }
    assert.equal(await status('operator', 'PUT /v1/catalog/register', alone), 200)
    const refused: [string, unknown?][] = [
      ['/v1/agent/service/register', { Name: 'web', ID: 'p3' }],
      ['/v1/agent/service/register', { Name: 'web', ID: 'consul' }],
      ['/v1/agent/service/register', { Name: 'web', Check: { CheckID: 'c3', TTL: '10s' } }],
      ['/v1/agent/check/register', { Name: 'x', ID: 'C3', ServiceID: 'w1', TTL: '10s' }],
      ['/v1/agent/check/register', { Name: 'x', ID: 'serfHealth', ServiceID: 'w1', TTL: '10s' }],
      ['/v1/catalog/register', { ...catalogued, Check: { Name: 'c3', ServiceID: 'w1' } }],
      ['/v1/catalog/register', { ...catalogued, Check: { Name: 'x', CheckID: 'serfHealth', ServiceID: 'w1' } }],
      ['/v1/agent/service/register', { Name: 'pay' }],
      ['/v1/agent/service/register', { name: 'web', Name: 'pay' }],
      ['/v1/agent/service/register', { Name: 'web', ID: 'p1' }],
      ['/v1/agent/service/register', { Name: 'web', Check: { CheckID: 'service:p1', TTL: '10s' } }],
      ['/v1/agent/service/register', { Name: 'web', ID: 'p2:1', Check: { TTL: '10s' } }],
      ['/v1/agent/service/deregister/p1'],
      ['/v1/agent/service/maintenance/p1?enable=true'],
      ['/v1/agent/check/register', { Name: 'x', ServiceID: 'p1', TTL: '10s' }],
      ['/v1/agent/check/register', { Name: 'of the node', TTL: '10s' }],
      ['/v1/agent/check/register', { Name: 'x', ID: 'service:p1', ServiceID: 'w1', TTL: '10s' }],
      ['/v1/agent/check/pass/service:p1'],
      ['/v1/agent/check/fail/service:p1'],
      ['/v1/agent/check/update/service:p1', { Status: 'critical' }],
      ['/v1/agent/check/deregister/service:p1'],
      ['/v1/agent/maintenance?enable=true'],
      ['/v1/catalog/register', { Node: 'n', Address: '10.0.0.1' }],
    ]
    for (const [path, body] of refused) {
      const answer = await ask('web', `PUT ${path}`, body)
      assert.deepEqual([answer.status, answer.text.slice(0, 17)], [403, 'Permission denied'], path)
    }
    assert.equal(await status('web', 'PUT /v1/agent/service/deregister/w1'), 200)
  })

  it('lets a token register a sidecar of its services, and one of another name by the token that is told for it', async t => {
    const { status } = await guardedConsul(t)
    const registering = (SidecarService: object) =>
      status('web', 'PUT /v1/agent/service/register', { Name: 'web', Port: 80, Connect: { SidecarService } })
    assert.equal(await registering({ Name: 'pay' }), 403)
    assert.equal(await registering({ Name: 'pay', Token: 'nobody' }), 403)
    assert.equal(await registering({ Name: 'web' }), 200)
    assert.equal(await registering({ Name: 'pay', Token: 'operator' }), 200)
    assert.equal(await registering({ Name: 'web' }), 403)
  })

  it('leaves out of lists what may not be read', async t => {
    const { ask, register } = await guardedConsul(t)
    register('u1')
    for (const [Name, ID] of [
      ['web', 'w1'],
      ['pay', 'p1'],
      ['public-x', 'x1'],
    ])
      await ask('operator', 'PUT /v1/agent/service/register', { Name, ID, Check: { TTL: '10s' } })
    const names = async (who: string, path: string) => {
      const { body, text } = await ask(who, `GET ${path}`)
      return text === '' ? '' : namesIn(body).join(' ')
    }
    const seen = async (path: string) => [
      await names('', path),
      await names('web', path),
      await names('most', path),
      await names('reader', path),
    ]
    assert.deepEqual(await seen('/v1/catalog/services'), [
      'public-x',
      'web',
      'consul public-x users web',
      'consul pay public-x users web',
    ])
    assert.deepEqual(await seen('/v1/agent/services'), ['x1', 'w1', 'u1 w1 x1', 'p1 u1 w1 x1'])
    assert.deepEqual(await seen('/v1/agent/checks'), [
      'service:x1',
      'service:w1',
      'service:w1 service:x1',
      'service:p1 service:w1 service:x1',
    ])
    assert.deepEqual(await seen('/v1/health/service/pay'), ['', '', '', 'p1'])
    assert.deepEqual(await seen('/v1/catalog/service/web'), ['', 'w1', 'w1', 'w1'])
    assert.deepEqual(await seen('/v1/health/checks/pay'), ['', '', '', 'service:p1'])
    assert.deepEqual(await seen('/v1/health/state/critical'), [
      'service:x1',
      'service:w1',
      'service:w1 service:x1',
      'service:p1 service:w1 service:x1',
    ])
    assert.deepEqual(await seen('/v1/health/node/n0'), [
      'serfHealth service:x1',
      'serfHealth service:w1',
      'serfHealth service:u1 service:w1 service:x1',
      'serfHealth service:p1 service:u1 service:w1 service:x1',
    ])
    assert.equal(await names('nobody', '/v1/health/node/n0'), '')
  })

  it('tells of one thing only whom it may be told', async t => {
    const { ask, status } = await guardedConsul(t)
    await ask('operator', 'PUT /v1/agent/service/register', { Name: 'pay', ID: 'p1' })
    const { body: event } = await ask('operator', 'PUT /v1/event/fire/deploy')
    assert.equal(event.Name, 'deploy')
    const seen = async (path: string) =>
      [
        await status('', `GET ${path}`),
        await status('web', `GET ${path}`),
        await status('most', `GET ${path}`),
        await status('reader', `GET ${path}`),
      ].join(' ')
    assert.equal(await seen('/v1/agent/service/p1'), '403 403 403 200')
    assert.equal(await seen('/v1/agent/health/service/id/p1'), '403 403 403 200')
    assert.equal(await seen('/v1/agent/health/service/name/pay'), '403 403 403 200')
    assert.equal(await seen('/v1/agent/self'), '200 200 200 200')
    assert.equal(await seen('/v1/agent/host'), '403 403 403 403')
    assert.equal(await status('operator', 'GET /v1/agent/host'), 200)
    assert.deepEqual((await ask('web', 'GET /v1/event/list')).body, [])
    assert.equal((await ask('reader', 'GET /v1/event/list')).body.length, 1)
    assert.equal(await status('reader', 'PUT /v1/event/fire/deploy'), 403)
  })

  it('goes by the rights on the node of a session', async t => {
    const { ask, status } = await guardedConsul(t)
    await ask('operator', 'PUT /v1/catalog/register', { Node: 'n1', Address: '10.0.0.1' })
    const { body } = await ask('web', 'PUT /v1/session/create', { Node: 'n0' })
    assert.equal(await status('web', 'PUT /v1/session/create', { Node: 'n1', Checks: [] }), 403)
    const other = await ask('operator', 'PUT /v1/session/create', { Node: 'n1', Checks: [] })
    const ids = async (who: string) => (await ask(who, 'GET /v1/session/list')).body.map(({ ID }: Json) => ID)
    assert.deepEqual(await ids('web'), [body.ID])
    assert.deepEqual(new Set(await ids('reader')), new Set([body.ID, other.body.ID]))
    assert.deepEqual((await ask('web', `GET /v1/session/info/${other.body.ID}`)).body, [])
    assert.equal(await status('web', `PUT /v1/session/renew/${other.body.ID}`), 403)
    assert.equal(await status('web', `PUT /v1/session/destroy/${other.body.ID}`), 403)
    assert.equal(await status('web', `PUT /v1/session/renew/${body.ID}`), 200)
    assert.equal(await status('web', `PUT /v1/session/destroy/${body.ID}`), 200)
  })

  it('lets write and read keys as the patterns say, and leaves the others out of trees', async t => {
    const { ask, status } = await guardedConsul(t)
    for (const key of ['web/a', 'web/secret', 'other']) await ask('operator', `PUT /v1/kv/${key}`, 'x')
    assert.equal(await status('web', 'PUT /v1/kv/web/a', 'y'), 200)
    assert.equal(await status('web', 'PUT /v1/kv/other', 'x'), 403)
    assert.equal(await status('web', 'PUT /v1/kv/web/secret', 'x'), 403)
    assert.equal(await status('web', 'GET /v1/kv/web/a'), 200)
    assert.equal(await status('web', 'GET /v1/kv/other'), 403)
    const keys = async (who: string, path: string) => (await ask(who, `GET ${path}`)).body
    assert.deepEqual(await keys('web', '/v1/kv/?keys'), ['web/a'])
    assert.deepEqual(
      (await keys('web', '/v1/kv/?recurse')).map(({ Key }: Json) => Key),
      ['web/a'],
    )
    assert.equal(await status('web', 'GET /v1/kv/o?recurse'), 404)
    assert.equal(await status('web', 'DELETE /v1/kv/web/s?recurse'), 403)
    assert.equal((await keys('reader', '/v1/kv/?recurse')).length, 3)
  })

  it('refuses a transaction of which one operation is not allowed, and leaves out of others what may not be read', async t => {
    const { ask } = await guardedConsul(t)
    await ask('operator', 'PUT /v1/kv/other', 'x')
    const both = await ask('web', 'PUT /v1/txn', [operation('set', 'web/a'), operation('set', 'other')])
    assert.deepEqual([both.status, both.body.Errors], [409, [{ OpIndex: 1, What: 'Permission denied' }]])
    assert.equal((await ask('operator', 'GET /v1/kv/web/a')).status, 404)
    const { status, body } = await ask('web', 'PUT /v1/txn', [operation('get', 'other'), operation('get-tree', 'o')])
    assert.deepEqual([status, body.Results], [200, []])
  })

  it('takes the rights on the node and on the service to write to the catalog', async t => {
    const { ask, status } = await guardedConsul(t)
    const node = { Node: 'n1', Address: '10.0.0.1' }
    assert.equal(await status('web', 'PUT /v1/catalog/register', { ...node, Service: { Service: 'web' } }), 403)
    await ask('operator', 'PUT /v1/catalog/register', { ...node, Service: { Service: 'pay' } })
    assert.equal(await status('web', 'PUT /v1/catalog/register', { ...node, Service: { Service: 'web' } }), 200)
    assert.equal(await status('web', 'PUT /v1/catalog/register', { ...node, Address: '10.0.0.2' }), 403)
    assert.equal(
      await status('web', 'PUT /v1/catalog/register', { ...node, Service: { ID: 'pay', Service: 'web' } }),
      403,
    )
    assert.equal(
      await status('web', 'PUT /v1/catalog/register', { ...node, Check: { Name: 'of pay', ServiceID: 'pay' } }),
      403,
    )
    assert.equal(await status('web', 'PUT /v1/catalog/deregister', { Node: 'n1', ServiceID: 'pay' }), 403)
    assert.equal(await status('web', 'PUT /v1/catalog/deregister', { Node: 'n1' }), 403)
    assert.equal(await status('web', 'PUT /v1/catalog/deregister', { Node: 'n1', ServiceID: 'web' }), 200)
    assert.equal(await status('operator', 'PUT /v1/catalog/deregister', { Node: 'n1' }), 200)
  })

  it('tells who keeps the audit log of every write, whatever words are in its names, and not of signs of life', async t => {
    const { ask } = await guardedConsul(t)
    const granted: string[] = []
    t.after(observe('daemon', ({ event, message }) => void (event === 'access.granted' && granted.push(message))))
    await ask('web', 'PUT /v1/kv/web/check/pass/x', '1')
    await ask('operator', 'DELETE /v1/kv/session/renew/x')
    await ask('web', 'PUT /v1/agent/service/register', { Name: 'web', Check: { TTL: '10s' } })
    await ask('web', 'PUT /v1/agent/check/pass/service:web')
    assert.deepEqual(
      granted.map(message => /: (.*) is granted/.exec(message)?.[1]),
      ['PUT /v1/kv/web/check/pass/x', 'DELETE /v1/kv/session/renew/x', 'PUT /v1/agent/service/register'],
    )
  })

  it('takes the token from the query, from either header, and refuses others as Consul does', async t => {
    const { url, ask } = await guardedConsul(t)
    const path = '/v1/catalog/services'
    assert.equal((await request(`${url}${path}?token=reader`)).status, 200)
    assert.equal((await request(url + path, { headers: { authorization: 'Bearer reader' } })).status, 200)
    const refused = await ask('guess', `GET ${path}`)
    assert.deepEqual([refused.status, refused.text], [403, 'ACL not found'])
  })
})
