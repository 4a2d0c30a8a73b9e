import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { request, serveConsul } from '../consul-server.ts'

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
    const join = await ask('PUT', '/v1/agent/join/1.1.1.1:8301')
    assert.equal(join.status, 500)
    assert.match(join.text, /^1 error occurred:\n\t\* Failed to join 1\.1\.1\.1: this registry .*\n\n$/)
    assert.equal((await ask('PUT', '/v1/agent/join/1.1.1.1?wan=1')).text, 'WAN Federation is disabled')
    assert.equal((await ask('PUT', '/v1/agent/leave')).status, 501)
    assert.equal((await ask('PUT', '/v1/agent/force-leave/n0')).status, 200)
    assert.equal((await ask('PUT', '/v1/agent/force-leave/x')).text, "agent: No node found with name 'x'")
    assert.equal((await ask('PUT', '/v1/agent/reload')).status, 200)
  })

  it('tell the process to end when they are asked to leave, and answer before', async t => {
    const leave = t.mock.fn()
    const { ask } = await serveConsul(t, { leave })
    assert.equal((await ask('PUT', '/v1/agent/leave')).status, 200)
    assert.equal(leave.mock.callCount(), 1)
  })

  it('let a page in a browser of this machine not end the process', async t => {
    const leave = t.mock.fn()
    const { url } = await serveConsul(t, { leave })
    const answer = await request(`${url}/v1/agent/leave`, { method: 'PUT', headers: { origin: 'http://evil.example' } })
    assert.deepEqual([answer.status, leave.mock.callCount()], [403, 0])
  })

  it('register what the configuration says now, take out what it said before, and leave the rest', async t => {
    let definitions = { services: [{ Name: 'web', Port: 1 }, { Name: 'old' }], checks: [{ Name: 'm', TTL: '90s' }] }
    const { ask } = await serveConsul(t, { definitions, reload: () => definitions })
    await ask('PUT', '/v1/agent/service/register', { Name: 'api' })
    await ask('PUT', '/v1/agent/check/pass/m')
    definitions = { ...definitions, services: [{ Name: 'web', Port: 2 }, { Name: 'new' }] }
    assert.equal((await ask('PUT', '/v1/agent/reload')).status, 200)
    const services = (await ask('GET', '/v1/agent/services')).body
    assert.deepEqual(Object.keys(services), ['api', 'new', 'web'])
    assert.equal(services.web.Port, 2)
    assert.equal((await ask('GET', '/v1/agent/checks')).body.m.Status, 'passing')
  })

  it('register the sidecar that the configuration says beside its service, until it no longer does', async t => {
    const web = { name: 'web', port: 80 }
    let definitions: { services: object[]; checks: object[] } = {
      services: [
        { ...web, connect: { sidecar_service: {} } },
        { name: 'api', connect: { sidecar_service: {} } },
      ],
      checks: [],
    }
    const { ask } = await serveConsul(t, { definitions, reload: () => definitions })
    const ports = async () =>
      Object.values((await ask('GET', '/v1/agent/services')).body).map(row => {
        const { ID, Port } = row as { ID: string; Port: number }
        return `${ID} ${Port}`
      })
    const api = ['api 0', 'api-sidecar-proxy 21001']
    assert.deepEqual(await ports(), [...api, 'web 80', 'web-sidecar-proxy 21000'])
    await ask('PUT', '/v1/agent/reload')
    assert.deepEqual(await ports(), [...api, 'web 80', 'web-sidecar-proxy 21000'])
    definitions = { ...definitions, services: [web] }
    await ask('PUT', '/v1/agent/reload')
    assert.deepEqual(await ports(), ['web 80'])
  })

  it('leave everything as it was when the configuration is no longer valid', async t => {
    let definitions: { services: object[]; checks: object[] } = { services: [{ Name: 'web' }], checks: [] }
    const { ask } = await serveConsul(t, { definitions, reload: () => definitions })
    definitions = { services: [{ Name: 'new' }], checks: [{ Name: 's', Args: ['true'], Interval: '1s' }] }
    const { status, text } = await ask('PUT', '/v1/agent/reload')
    assert.equal(status, 500)
    assert.match(text, /^Failed reloading services: Scripts are disabled/)
    assert.deepEqual(Object.keys((await ask('GET', '/v1/agent/services')).body), ['web'])
  })

  it('says of a service with a name of any letters that it is not known', async t => {
    const { ask } = await serveConsul(t)
    const { status, headers } = await ask('GET', '/v1/agent/health/service/id/%f0%9f%9a%a2')
    assert.equal(status, 404)
    assert.match(Buffer.from(headers.get('x-consul-reason') ?? '', 'latin1').toString(), /🚢/)
  })
})
