import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { readAccessRules } from '../../../../src/daemon/access/access-rules.ts'
import { RulesAccess } from '../../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../../src/daemon/access/token-hash.ts'
import { demandOf } from '../../../../src/daemon/consul/http/guard.ts'
import { endpoints } from '../../../../tools/consul-api/document.ts'
import { request, serveConsul } from '../consul-server.ts'

const token = (name: string, more: object) => ({ name, hash: tokenHash(name), ...more })

const RULES = {
  anonymous: { services: { 'public*': 'read' } },
  tokens: [
    token('web', { services: { 'web*': 'register' }, kv: { 'web/*': 'write', 'web/secret': 'none' } }),
    token('reader', { services: { '*': 'read' }, kv: { '*': 'read' }, sessions: { '*': 'read' } }),
    token('most', { services: { '*': 'read', 'pay*': 'none' } }),
    token('operator', { services: { '*': 'administer' }, kv: { '*': 'write' }, sessions: { '*': 'write' } }),
  ],
}

async function guardedConsul(t: TestContext) {
  const access = new RulesAccess(readAccessRules(JSON.stringify(RULES), 'rules.json'))
  const served = await serveConsul(t, { access })
  const ask = async (who: string, target: string, body?: unknown) => {
    const [method = '', path = ''] = target.split(' ')
    const headers: Record<string, string> = who === '' ? {} : { 'x-consul-token': who }
    return request(served.url + path, { method, headers, ...(body !== undefined && { body }) })
  }
  const status = async (...args: Parameters<typeof ask>) => (await ask(...args)).status
  return { ...served, ask, status }
}

describe('The Consul API with rules of access', () => {
  it('answers nobody but operators at endpoints of which nothing is said', () => {
    assert.deepEqual(demandOf('PUT', '/v1/some/new/endpoint'), { on: 'everything', right: 'services:administer' })
    assert.deepEqual(demandOf('PUT', '/v1/catalog/register'), { on: 'everything', right: 'services:administer' })
  })

  it('lets nobody without rights in anywhere but where nothing is told', async t => {
    const { status } = await guardedConsul(t)
    const open = new Set([
      '/v1/status/leader',
      '/v1/status/peers',
      '/v1/catalog/datacenters',
      '/v1/coordinate/datacenters',
    ])
    const inHandler = /^\/v1\/agent\/(?:service|check)\/(?:register|deregister|maintenance|pass|warn|fail|update)/
    for (const { path, methods } of endpoints()) {
      for (const method of Object.keys(methods)) {
        if (inHandler.test(path) || (method === 'GET' && open.has(path))) continue
        const rest = path.endsWith('/') ? 'pay-roll' : ''
        if (path === '/v1/agent/self' || path === '/v1/agent/members' || path === '/v1/catalog/nodes') continue
        assert.equal(await status('', `${method} ${path}${rest}`), 403, `${method} ${path}`)
      }
    }
    assert.equal(await status('guess', 'GET /v1/status/leader'), 403)
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
    const refused: [string, unknown?][] = [
      ['/v1/agent/service/register', { Name: 'pay' }],
      ['/v1/agent/service/register', { name: 'web', Name: 'pay' }],
      ['/v1/agent/service/register', { Name: 'web', ID: 'p1' }],
      ['/v1/agent/service/register', { Name: 'web', Check: { CheckID: 'service:p1', TTL: '10s' } }],
      ['/v1/agent/service/deregister/p1'],
      ['/v1/agent/service/maintenance/p1?enable=true'],
      ['/v1/agent/check/register', { Name: 'x', ServiceID: 'p1', TTL: '10s' }],
      ['/v1/agent/check/register', { Name: 'of the node', TTL: '10s' }],
      ['/v1/agent/check/register', { Name: 'x', CheckID: 'service:p1', ServiceID: 'w1', TTL: '10s' }],
      ['/v1/agent/check/pass/service:p1'],
      ['/v1/agent/check/fail/service:p1'],
      ['/v1/agent/check/update/service:p1', { Status: 'critical' }],
      ['/v1/agent/check/deregister/service:p1'],
      ['/v1/agent/maintenance?enable=true'],
      ['/v1/catalog/register', { Node: 'n', Address: '10.0.0.1' }],
    ]
    for (const [path, body] of refused) {
      const answer = await ask('web', `PUT ${path}`, body)
      assert.deepEqual([answer.status, answer.text], [403, 'Permission denied'], `${path} ${JSON.stringify(body)}`)
    }
    assert.equal(await status('web', 'PUT /v1/agent/service/deregister/w1'), 200)
  })

  it('lets read by name what may be read, and lists only where all of them may be', async t => {
    const { status, register } = await guardedConsul(t)
    register('u1')
    const seen = async (path: string) =>
      [
        await status('', `GET ${path}`),
        await status('web', `GET ${path}`),
        await status('most', `GET ${path}`),
        await status('reader', `GET ${path}`),
      ].join(' ')
    assert.equal(await seen('/v1/health/service/users'), '403 403 200 200')
    assert.equal(await seen('/v1/health/service/pay'), '403 403 403 200')
    assert.equal(await seen('/v1/catalog/service/public-web'), '200 403 200 200')
    assert.equal(await seen('/v1/catalog/services'), '403 403 403 200')
    assert.equal(await seen('/v1/health/state/any'), '403 403 403 200')
    assert.equal(await seen('/v1/agent/self'), '200 200 200 200')
    assert.equal(await seen('/v1/session/list'), '403 403 403 200')
    assert.equal(await seen('/v1/agent/host'), '403 403 403 403')
    assert.equal(await status('operator', 'GET /v1/agent/host'), 200)
  })

  it('lets write and read keys as the patterns say, and trees only where no key in them is shut', async t => {
    const { status } = await guardedConsul(t)
    assert.equal(await status('web', 'PUT /v1/kv/web/a', 'x'), 200)
    assert.equal(await status('web', 'PUT /v1/kv/other', 'x'), 403)
    assert.equal(await status('web', 'PUT /v1/kv/web/secret', 'x'), 403)
    assert.equal(await status('web', 'GET /v1/kv/web/a'), 200)
    assert.equal(await status('web', 'GET /v1/kv/web/?recurse'), 403)
    assert.equal(await status('web', 'GET /v1/kv/web/a?keys'), 200)
    assert.equal(await status('web', 'DELETE /v1/kv/web/s?recurse'), 403)
    assert.equal(await status('reader', 'GET /v1/kv/?recurse'), 200)
    assert.equal(await status('reader', 'PUT /v1/txn', []), 403)
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
