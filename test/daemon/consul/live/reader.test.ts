import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { request, serveConsul } from '../consul-server.ts'

type Server = Awaited<ReturnType<typeof serveConsul>>

/** Asks what has to wait, and is back when the server has the request; `answer` comes when it comes. */
async function blocked({ url, clock }: Server, path: string) {
  const before = clock.pending
  const answer = request(url + path)
  const deadline = performance.now() + 30_000
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
