import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

async function locked(t: Parameters<typeof serveConsul>[0], fields: object) {
  const server = await serveConsul(t)
  await server.ask('PUT', '/v1/agent/check/register', { Name: 'mem', ID: 'mem', TTL: '60s', Status: 'passing' })
  const { ID } = (await server.ask('PUT', '/v1/session/create', { LockDelay: '5s', ...fields })).body
  await server.ask('PUT', `/v1/kv/lock?acquire=${ID}`, 'x')
  const holder = async () => (await server.ask('GET', '/v1/kv/lock')).body[0]?.Session
  return { ...server, ID, holder }
}

describe('Sessions', () => {
  it('end within twice their TTL when they are not renewed', async t => {
    const { ask, ID, holder, clock } = await locked(t, { TTL: '10s' })
    await clock.advance(15_000)
    assert.equal((await ask('PUT', `/v1/session/renew/${ID}`)).status, 200)
    await clock.advance(19_999)
    assert.equal(await holder(), ID)
    await clock.advance(2)
    assert.equal(await holder(), undefined)
    assert.equal((await ask('PUT', `/v1/session/renew/${ID}`)).status, 404)
  })

  it('do not end by a TTL of nothing', async t => {
    const { ID, holder, clock } = await locked(t, { TTL: '0s' })
    await clock.advance(60_000)
    assert.equal(await holder(), ID)
  })

  it('end with a check that they go by', async t => {
    const { ask, ID, holder } = await locked(t, { Checks: ['serfHealth', 'mem'] })
    assert.equal(await holder(), ID)
    await ask('PUT', '/v1/agent/check/fail/mem')
    assert.equal(await holder(), undefined)
    assert.equal((await ask('PUT', '/v1/session/create', { Checks: ['mem'] })).text, "Check 'mem' is in critical state")
  })

  it('end with their node', async t => {
    const { ask } = await serveConsul(t)
    await ask('PUT', '/v1/catalog/register', { Node: 'ext', Address: '1.1.1.1' })
    const { ID } = (await ask('PUT', '/v1/session/create', { Node: 'ext', Checks: [] })).body
    await ask('PUT', '/v1/catalog/deregister', { Node: 'ext' })
    assert.deepEqual((await ask('GET', `/v1/session/info/${ID}`)).body, [])
  })

  it('let go of what they hold, or delete it, and nobody may have it before the delay is over', async t => {
    const { ask, ID, clock } = await locked(t, {})
    await ask('PUT', `/v1/session/destroy/${ID}`)
    const { ID: next } = (await ask('PUT', '/v1/session/create', { Behavior: 'delete', LockDelay: 0 })).body
    assert.equal((await ask('PUT', `/v1/kv/lock?acquire=${next}`)).body, false)
    await clock.advance(5_000)
    assert.equal((await ask('PUT', `/v1/kv/lock?acquire=${next}`)).body, true)
    await ask('PUT', `/v1/session/destroy/${next}`)
    assert.equal((await ask('GET', '/v1/kv/lock')).status, 404)
  })
})
