import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MASTER, serveAcl } from '../acl/acl-server.ts'
import { request, serveConsul } from '../consul-server.ts'

describe('A namespace', () => {
  it('is refused where Consul has one, by whichever name, before anything else', async t => {
    const { ask, url } = await serveConsul(t)
    const refused = async (path: string, method = 'GET') => (await ask(method, path)).text
    const problem = 'Namespaces are a Consul Enterprise feature'
    const inQuery = `Bad request: Invalid query parameter: "ns" - ${problem}`
    for (const path of ['/v1/kv/a?ns=x', '/v1/catalog/services?ns=x&dc=none', '/v1/health/service/?ns=x'])
      assert.equal(await refused(path), inQuery, path)
    assert.equal(await refused('/v1/agent/service/register?ns=x', 'PUT'), inQuery)
    const inHeader = await request(`${url}/v1/session/list`, { headers: { 'x-consul-namespace': 'x' } })
    assert.equal(inHeader.text, `Bad request: Invalid header: "X-Consul-Namespace" - ${problem}`)
  })

  it('is refused in a body', async t => {
    const { ask } = await serveConsul(t)
    const refused = async (path: string, body: object) => (await ask('PUT', path, { ...body, Namespace: 'x' })).text
    const unknown = 'Request decode failed: json: unknown field "Namespace"'
    assert.equal(await refused('/v1/agent/service/register', { Name: 'a' }), unknown)
    const whose = `${unknown} - Namespaces are a Consul Enterprise feature`
    assert.equal(await refused('/v1/catalog/register', { Node: 'a', Address: '1.1.1.1' }), whose)
    assert.equal(await refused('/v1/catalog/deregister', { Node: 'a' }), whose)
  })

  it('is refused of tokens, roles and policies where there are any', async t => {
    const problem = 'Bad request: Invalid query parameter: "ns" - Namespaces are a Consul Enterprise feature'
    const { ask } = await serveConsul(t)
    assert.equal((await ask('GET', '/v1/acl/policies?ns=x')).text, 'ACL support disabled')
    const withRules = await serveAcl(t)
    assert.equal((await withRules.ask(MASTER, 'PUT /v1/acl/role?ns=x', { Name: 'a' })).text, problem)
    assert.equal((await withRules.ask(MASTER, 'GET /v1/acl/policies?ns=x')).text, problem)
    assert.notEqual((await withRules.ask(MASTER, 'GET /v1/acl/token/self?ns=x')).text, problem)
  })

  it('means nothing where there is none, and an empty one is none', async t => {
    const { ask } = await serveConsul(t)
    for (const path of ['/v1/catalog/nodes?ns=x', '/v1/status/leader?ns=x', '/v1/catalog/services?ns='])
      assert.equal((await ask('GET', path)).status, 200, path)
  })
})
