import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Agent } from '../../../../src/daemon/consul/agent/agent.ts'
import { serveConsul } from '../consul-server.ts'

const web = { Name: 'web', Port: 80, Check: { TTL: '60s', Status: 'passing' } }

describe('Agent', () => {
  it('leaves the status of a check as it is when its service is registered again', async t => {
    const { ask } = await serveConsul(t)
    await ask('PUT', '/v1/agent/service/register', web)
    await ask('PUT', '/v1/agent/check/warn/service:web?note=hm')
    await ask('PUT', '/v1/agent/service/register', { ...web, Tags: ['v1'] })
    const [check] = (await ask('GET', '/v1/health/checks/web')).body
    assert.deepEqual([check.Status, check.Output, check.ServiceTags], ['warning', 'hm', ['v1']])
  })

  it('leaves the status of a check as it is when the check itself is registered again', async t => {
    const { ask } = await serveConsul(t)
    const check = { ID: 'disk', Name: 'disk', TTL: '60s' }
    await ask('PUT', '/v1/agent/check/register', { ...check, Status: 'passing' })
    await ask('PUT', '/v1/agent/check/warn/disk?note=hm')
    await ask('PUT', '/v1/agent/check/register', { ...check, Name: 'disks', Status: 'critical' })
    const { disk } = (await ask('GET', '/v1/agent/checks')).body
    assert.deepEqual([disk.Name, disk.Status, disk.Output], ['disks', 'warning', 'hm'])
    await ask('PUT', '/v1/agent/check/deregister/disk')
    await ask('PUT', '/v1/agent/check/register', { ...check, Status: 'passing' })
    assert.equal((await ask('GET', '/v1/agent/checks')).body.disk.Status, 'passing')
  })

  it('tells a new output at once to those who ask the agent, and the catalog after five minutes', async t => {
    const { ask, clock } = await serveConsul(t)
    await ask('PUT', '/v1/agent/service/register', { ...web, Check: { TTL: '20m', Status: 'passing' } })
    await ask('PUT', '/v1/agent/check/pass/service:web?note=fine')
    const output = async () => (await ask('GET', '/v1/health/checks/web')).body[0].Output
    assert.equal((await ask('GET', '/v1/agent/checks')).body['service:web'].Output, 'fine')
    assert.equal(await output(), '')
    await clock.advance(5 * 60_000)
    assert.equal(await output(), 'fine')
  })

  it('says what a check said last when its TTL is over', async t => {
    const { ask, clock } = await serveConsul(t)
    await ask('PUT', '/v1/agent/service/register', { ...web, Check: { TTL: '5s' } })
    await ask('PUT', '/v1/agent/check/pass/service:web?note=fine')
    await clock.advance(4_000)
    await ask('PUT', '/v1/agent/check/pass/service:web?note=fine')
    await clock.advance(4_999)
    const check = async () => (await ask('GET', '/v1/agent/checks')).body['service:web']
    assert.equal((await check()).Status, 'passing')
    await clock.advance(1)
    assert.deepEqual(
      [(await check()).Status, (await check()).Output],
      ['critical', 'TTL expired (last output before timeout follows): fine'],
    )
  })

  it('cuts an output that is too long, and says how long it was', async t => {
    const { ask } = await serveConsul(t)
    await ask('PUT', '/v1/agent/service/register', web)
    await ask('PUT', '/v1/agent/check/update/service:web', { Status: 'warning', Output: 'x'.repeat(10_000) })
    const { Output } = (await ask('GET', '/v1/agent/checks')).body['service:web']
    assert.match(Output, /^x{4096} \.\.\. \(captured 4096 of 10000 bytes\)$/)
  })

  it('takes a sidecar out with its service, but not what has merely its id', async t => {
    const { ask } = await serveConsul(t)
    const ids = async () => Object.keys((await ask('GET', '/v1/agent/services')).body)
    await ask('PUT', '/v1/agent/service/register', { Name: 'web', Port: 80, Connect: { SidecarService: {} } })
    await ask('PUT', '/v1/agent/service/register', { Name: 'api', Port: 81 })
    await ask('PUT', '/v1/agent/service/register', { Name: 'api-sidecar-proxy', Port: 82 })
    assert.deepEqual(await ids(), ['api', 'api-sidecar-proxy', 'web', 'web-sidecar-proxy'])
    await ask('PUT', '/v1/agent/service/deregister/web')
    await ask('PUT', '/v1/agent/service/deregister/api')
    assert.deepEqual(await ids(), ['api-sidecar-proxy'])
    assert.deepEqual((await ask('GET', '/v1/agent/checks')).body, {})
  })

  it('looks through all its services only for a registration that asks for a sidecar', async t => {
    const { ask } = await serveConsul(t)
    const services = t.mock.method(Agent.prototype, 'services')
    await ask('PUT', '/v1/agent/service/register', web)
    assert.equal(services.mock.callCount(), 0)
    await ask('PUT', '/v1/agent/service/register', { ...web, Connect: { SidecarService: {} } })
    assert.equal(services.mock.callCount(), 1)
  })

  it('registers neither a service nor its sidecar where one of them cannot be', async t => {
    const { ask } = await serveConsul(t)
    const SidecarService = { TaggedAddresses: { lan_ipv4: { Address: 'x', Port: 1 } } }
    const { status } = await ask('PUT', '/v1/agent/service/register', { Name: 'web', Connect: { SidecarService } })
    assert.deepEqual([status, (await ask('GET', '/v1/agent/services')).body], [500, {}])
  })

  it('runs no commands unless that is enabled', async t => {
    const { ask } = await serveConsul(t)
    const refused = await ask('PUT', '/v1/agent/check/register', { Name: 's', Args: ['true'], Interval: '1s' })
    assert.match(refused.text, /Scripts are disabled on this agent/)
    const docker = { Name: 'd', DockerContainerID: 'x', Args: ['true'], Interval: '1s' }
    assert.equal((await ask('PUT', '/v1/agent/check/register', docker)).status, 501)
    const service = await ask('PUT', '/v1/agent/service/register', {
      Name: 'x',
      Check: { Args: ['true'], Interval: '1s' },
    })
    assert.deepEqual([service.status, (await ask('GET', '/v1/agent/services')).body], [500, {}])
  })

  it('runs the commands of its configuration alone where only those are enabled', async t => {
    const script = { Name: 's', Args: ['true'], Interval: '1s' }
    const definitions = { services: [{ Name: 'x', Check: { Args: ['true'], Interval: '1s' } }], checks: [script] }
    const { ask } = await serveConsul(t, { scriptChecks: 'configured', definitions })
    assert.deepEqual(Object.keys((await ask('GET', '/v1/agent/checks')).body), ['s', 'service:x'])
    assert.match(
      (await ask('PUT', '/v1/agent/check/register', script)).text,
      /disabled on this agent from remote calls/,
    )
    const { DebugConfig } = (await ask('GET', '/v1/agent/self')).body
    assert.deepEqual([DebugConfig.EnableLocalScriptChecks, DebugConfig.EnableRemoteScriptChecks], [true, false])
    const nobody = { scriptChecks: false, definitions }
    await assert.rejects(serveConsul(t, nobody), {
      message: /disabled on this agent; to enable, configure .*'enable_local/,
    })
  })

  it('takes a service out that has been critical for as long as it said', async t => {
    const { ask, clock } = await serveConsul(t)
    const Check = { TTL: '10s', DeregisterCriticalServiceAfter: '1s' }
    await ask('PUT', '/v1/agent/service/register', { ...web, Check })
    await ask('PUT', '/v1/agent/service/register', { Name: 'kept', Check: { TTL: '10s' } })
    await clock.advance(60_000)
    assert.deepEqual(Object.keys((await ask('GET', '/v1/agent/services')).body), ['kept', 'web'])
    await clock.advance(30_000)
    assert.deepEqual(Object.keys((await ask('GET', '/v1/agent/services')).body), ['kept'])
  })

  it('waits by hash for another content of a service', async t => {
    const { ask, url } = await serveConsul(t)
    await ask('PUT', '/v1/agent/service/register', web)
    const { body } = await ask('GET', '/v1/agent/service/web')
    const waiting = fetch(`${url}/v1/agent/service/web?hash=${body.ContentHash}`)
    await ask('PUT', '/v1/agent/service/register', { Name: 'other' })
    await ask('PUT', '/v1/agent/service/register', { ...web, Port: 81 })
    const answer = (await (await waiting).json()) as { Port: number; ContentHash: string }
    assert.equal(answer.Port, 81)
    assert.notEqual(answer.ContentHash, body.ContentHash)
  })
})
