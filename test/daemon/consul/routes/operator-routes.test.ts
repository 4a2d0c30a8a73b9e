import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'
import { guardedConsul } from '../guarded-consul.ts'

const AUTOPILOT = '/v1/operator/autopilot/configuration'

describe('operatorRoutes', () => {
  it('tell of this registry as of the only server', async t => {
    const { ask } = await serveConsul(t)
    const [server, ...others] = (await ask('GET', '/v1/operator/raft/configuration')).body.Servers
    const { body } = await ask('GET', '/v1/operator/autopilot/health')
    assert.deepEqual([others.length, server.Leader, server.Voter], [0, true, true])
    assert.deepEqual([body.Healthy, body.FailureTolerance, body.Servers[0].ID], [true, 0, server.ID])
    assert.equal((await ask('GET', '/v1/status/leader')).body, server.Address)
  })

  it('tell where the server is as Consul writes it, at an address of IPv6 too', async t => {
    const { ask } = await serveConsul(t, { address: '::1' })
    const [{ Address }] = (await ask('GET', '/v1/operator/raft/configuration')).body.Servers
    const [leader, [peer]] = [(await ask('GET', '/v1/status/leader')).body, (await ask('GET', '/v1/status/peers')).body]
    assert.deepEqual([Address, leader, peer], ['[::1]:8300', '[::1]:8300', '[::1]:8300'])
  })

  it('remove no server', async t => {
    const { ask } = await serveConsul(t)
    const { ID, Address } = (await ask('GET', '/v1/operator/raft/configuration')).body.Servers[0]
    for (const asked of [`id=${ID}`, `address=${Address}`, 'id=x', 'address=x'])
      assert.equal((await ask('DELETE', `/v1/operator/raft/peer?${asked}`)).status, 500, asked)
    assert.equal((await ask('DELETE', '/v1/operator/raft/peer')).status, 400)
  })

  it('keep what is set of how servers look after each other, unless it was set by another in between', async t => {
    const { ask } = await serveConsul(t)
    const quorum = async () => (await ask('GET', AUTOPILOT)).body.MinQuorum
    const { ModifyIndex } = (await ask('GET', AUTOPILOT)).body
    assert.equal((await ask('PUT', `${AUTOPILOT}?cas=${ModifyIndex}`, { MinQuorum: 1 })).body, true)
    assert.equal((await ask('PUT', `${AUTOPILOT}?cas=${ModifyIndex}`, { MinQuorum: 2 })).body, false)
    assert.equal(await quorum(), 1)
    assert.equal((await ask('PUT', AUTOPILOT, { MinQuorum: 3 })).body, true)
    assert.equal(await quorum(), 3)
  })

  it('are for operators alone', async t => {
    const { status } = await guardedConsul(t)
    const operator = '/v1/operator'
    const reading = [`GET ${AUTOPILOT}`, `GET ${operator}/autopilot/health`, `GET ${operator}/raft/configuration`]
    for (const call of [...reading, `PUT ${AUTOPILOT}`, `DELETE ${operator}/raft/peer?id=x`])
      assert.equal(await status('reader', call), 403, call)
    assert.equal(await status('operator', `GET ${AUTOPILOT}`), 200)
  })
})
