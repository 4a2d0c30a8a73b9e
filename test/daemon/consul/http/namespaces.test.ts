import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
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

  it('means nothing where there is none, and an empty one is none', async t => {
    const { ask } = await serveConsul(t)
    for (const path of ['/v1/catalog/nodes?ns=x', '/v1/status/leader?ns=x', '/v1/catalog/services?ns='])
      assert.equal((await ask('GET', path)).status, 200, path)
  })
})
