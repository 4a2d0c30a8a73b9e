import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

describe('agentRoutes', () => {
  it('tell of the machine and of this process', async t => {
    const { ask } = await serveConsul(t)
    const host = (await ask('GET', '/v1/agent/host')).body
    assert.ok(host.Memory.total > 0 && host.CPU.length > 0)
    const metrics = (await ask('GET', '/v1/agent/metrics')).body
    assert.ok(metrics.Gauges.some(({ Name }: { Name: string }) => Name === 'consul.runtime.sys_bytes'))
    assert.equal((await ask('GET', '/v1/agent/metrics?format=prometheus')).status, 415)
  })

  it('put the node into maintenance, and need to be told so clearly', async t => {
    const { ask } = await serveConsul(t)
    assert.equal((await ask('PUT', '/v1/agent/maintenance')).text, 'Missing value for enable')
    assert.equal((await ask('PUT', '/v1/agent/maintenance?enable=zz')).text, 'Invalid value for enable: "zz"')
    await ask('PUT', '/v1/agent/maintenance?enable=true&reason=why')
    assert.equal((await ask('GET', '/v1/agent/checks')).body['_node_maintenance'].Notes, 'why')
  })

  it('let the node join itself, by the address that it tells', async t => {
    const { ask } = await serveConsul(t)
    const { SerfAdvertiseAddrLAN } = (await ask('GET', '/v1/agent/self')).body.DebugConfig
    assert.equal((await ask('PUT', `/v1/agent/join/${SerfAdvertiseAddrLAN.replace('tcp://', '')}`)).status, 200)
  })

  it('say what there is not', async t => {
    const { ask } = await serveConsul(t)
    assert.equal((await ask('PUT', '/v1/agent/join/1.1.1.1')).status, 501)
    assert.equal((await ask('PUT', '/v1/agent/leave')).status, 501)
    assert.equal((await ask('PUT', '/v1/agent/force-leave/n0')).status, 200)
    assert.equal((await ask('PUT', '/v1/agent/force-leave/x')).text, "agent: No node found with name 'x'")
    assert.equal((await ask('PUT', '/v1/agent/reload')).status, 200)
  })

  it('says of a service with a name of any letters that it is not known', async t => {
    const { ask } = await serveConsul(t)
    const { status, headers } = await ask('GET', '/v1/agent/health/service/id/%f0%9f%9a%a2')
    assert.equal(status, 404)
    assert.match(Buffer.from(headers.get('x-consul-reason') ?? '', 'latin1').toString(), /🚢/)
  })
})
