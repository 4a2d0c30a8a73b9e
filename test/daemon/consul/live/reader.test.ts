import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { readAccessRules } from '../../../../src/daemon/access/access-rules.ts'
import { RulesAccess } from '../../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../../src/daemon/access/token-hash.ts'
import { PATIENCE_MS } from '../../../patience.ts'
import { request, serveConsul } from '../consul-server.ts'

type Server = Awaited<ReturnType<typeof serveConsul>>

/** Asks what has to wait, and is back when the server has the request; `answer` comes when it comes. */
async function blocked({ url, clock }: Server, path: string) {
  const before = clock.pending
  const answer = request(url + path)
  const deadline = performance.now() + PATIENCE_MS
  while (clock.pending === before && performance.now() < deadline) await nextTurn()
  return { answer }
}

describe('Reader', () => {
  it('answers at once who has nothing, or something older', async t => {
    const { ask } = await serveConsul(t)
    const first = await ask('GET', '/v1/catalog/services')
    assert.ok(first.index > 0)
    const again = await ask('GET', `/v1/catalog/services?index=${first.index - 1}`)
    assert.equal(again.index, first.index)
  })

  it('refuses an index that is none, or beyond 64 bits', async t => {
    const { ask } = await serveConsul(t)
    for (const index of ['-1', 'x', '1e3', '18446744073709551616']) {
      const { status, body } = await ask('GET', `/v1/catalog/services?index=${index}`)
      assert.deepEqual([status, body], [400, 'Invalid index'])
    }
  })

  it('lets others wait until what they asked for changes', async t => {
    const server = await serveConsul(t)
    const { index } = await server.ask('GET', '/v1/health/service/web')
    const waiting = await blocked(server, `/v1/health/service/web?index=${index}&wait=10s`)
    await server.ask('PUT', '/v1/agent/service/register', { Name: 'other' })
    await server.ask('PUT', '/v1/agent/service/register', { Name: 'web' })
    const answer = await waiting.answer
    assert.deepEqual([answer.body.length, answer.index > index], [1, true])
  })

  it('tells after the wait what there is, at the same index', async t => {
    const server = await serveConsul(t)
    const { index } = await server.ask('GET', '/v1/kv/none')
    const waiting = await blocked(server, `/v1/kv/none?index=${index}&wait=2s`)
    await server.clock.advance(1_999)
    await server.clock.advance(200)
    const answer = await waiting.answer
    assert.deepEqual([answer.status, answer.index], [404, index])
  })

  it('does not move an index for a change that does not show', async t => {
    const { ask } = await serveConsul(t)
    const path = '/v1/health/service/web?passing'
    const body = { Name: 'web', Checks: [{ TTL: '30s', Status: 'critical' }] }
    await ask('PUT', '/v1/agent/service/register', body)
    const before = await ask('GET', path)
    await ask('PUT', '/v1/agent/check/warn/service:web')
    const after = await ask('GET', path)
    assert.deepEqual([before.body, after.body, after.index], [[], [], before.index])
    await ask('PUT', '/v1/agent/check/pass/service:web')
    const passing = await ask('GET', path)
    assert.ok(passing.index > before.index && passing.body.length === 1)
  })

  it('keeps its index when the same is registered again, or a passing check passes', async t => {
    const { ask } = await serveConsul(t)
    const body = { Name: 'web', Port: 80, Check: { TTL: '30s', Status: 'passing' } }
    await ask('PUT', '/v1/agent/service/register', body)
    const { index } = await ask('GET', '/v1/health/service/web')
    await ask('PUT', '/v1/agent/service/register', body)
    await ask('PUT', '/v1/agent/check/pass/service:web?note=fine')
    assert.equal((await ask('GET', '/v1/health/service/web')).index, index)
  })

  it('answers everybody who waits when the daemon leaves', async t => {
    const server = await serveConsul(t)
    const { index } = await server.ask('GET', '/v1/catalog/nodes')
    const waiting = await blocked(server, `/v1/catalog/nodes?index=${index}`)
    server.frontend.close()
    assert.equal((await waiting.answer).status, 200)
  })
})

/** Rules for one token, `reader`, besides what everybody may. */
const rules = (services: object, ...others: object[]) =>
  readAccessRules(JSON.stringify({ tokens: [{ name: 'reader', hash: tokenHash('reader'), services }, ...others] }), 'f')

const keys = (level: string) =>
  readAccessRules(JSON.stringify({ tokens: [{ name: 'reader', hash: tokenHash('reader'), kv: { a: level } }] }), 'f')

const token = (secret: string, services: object) =>
  readAccessRules(JSON.stringify({ tokens: [{ name: 'one', hash: tokenHash(secret), services }] }), 'f')

describe('Reader, when rights change', () => {
  it('tells who waits for a list what of it may be seen from now on', async t => {
    const access = new RulesAccess(rules({ 'web*': 'read' }))
    const server = await serveConsul(t, { access })
    server.register('u1')
    server.register('w1', { serviceName: 'web-1' })
    const path = '/v1/catalog/services?token=reader'
    const { body, index } = await server.ask('GET', path)
    assert.deepEqual(body, { 'web-1': [] })
    const waiting = await blocked(server, `${path}&index=${index}`)
    access.replace(rules({ 'web*': 'read' }, { name: 'other', hash: tokenHash('other') }))
    access.replace(rules({ 'web*': 'read', users: 'read' }))
    const answer = await waiting.answer
    assert.deepEqual([answer.body, answer.index > index], [{ users: [], 'web-1': [] }, true])
    const all = await blocked(server, `${path}&index=${answer.index}`)
    access.replace(rules({ '*': 'read' }))
    assert.deepEqual(Object.keys((await all.answer).body), ['consul', 'users', 'web-1'])
  })

  it('lets who sees the same as before wait on', async t => {
    const access = new RulesAccess(rules({ '*': 'read' }))
    const server = await serveConsul(t, { access })
    const path = '/v1/catalog/services?token=reader'
    const { index } = await server.ask('GET', path)
    const waiting = await blocked(server, `${path}&index=${index}&wait=2s`)
    access.replace(rules({ '*': 'administer' }))
    await server.clock.advance(2_200)
    assert.equal((await waiting.answer).index, index)
  })

  it('refuses who waits for what may not be read any more, and who has no token any more', async t => {
    const access = new RulesAccess(keys('read'))
    const server = await serveConsul(t, { access })
    const { index } = await server.ask('GET', '/v1/kv/a?token=reader')
    const waiting = await blocked(server, `/v1/kv/a?token=reader&index=${index}`)
    access.replace(keys('none'))
    const refused = await waiting.answer
    assert.deepEqual([refused.status, refused.text], [403, 'Permission denied'])
    access.replace(keys('read'))
    const again = await blocked(server, `/v1/kv/a?token=reader&index=${index}`)
    access.replace(readAccessRules('{}', 'rules.json'))
    const unknown = await again.answer
    assert.deepEqual([unknown.status, unknown.text], [403, 'ACL not found'])
  })

  it('leaves nobody waiting whose rights cannot be watched', async t => {
    const access = new RulesAccess(keys('read'))
    const server = await serveConsul(t, { access })
    const { index } = await server.ask('GET', '/v1/kv/a?token=reader')
    const before = server.clock.pending
    t.mock.method(access, 'watch', () => {
      throw new Error('rights cannot be watched')
    })
    const { status } = await server.ask('GET', `/v1/kv/a?token=reader&index=${index}&wait=10s`)
    assert.deepEqual([status, server.clock.pending], [500, before])
  })

  it('does not show one token what another of the same name may see', async t => {
    const access = new RulesAccess(token('a', { users: 'read' }))
    const server = await serveConsul(t, { access })
    server.register('u1')
    assert.deepEqual((await server.ask('GET', '/v1/catalog/services?token=a')).body, { users: [] })
    access.replace(token('b', { none: 'read' }))
    assert.deepEqual((await server.ask('GET', '/v1/catalog/services?token=b')).body, {})
    access.replace(token('c', { users: 'read' }))
    assert.deepEqual((await server.ask('GET', '/v1/catalog/services?token=c')).body, { users: [] })
  })
})
