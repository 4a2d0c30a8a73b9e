import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { until } from '../../adapters/daemon/until.ts'
import { missingEngine } from '../../engines/engines.ts'
import { healthyTargets, metricsTarget, startPrometheus } from './prometheus.ts'

const PATIENCE_MS = 120_000

describe('Prometheus', { skip: missingEngine('prometheus') }, () => {
  it('scrapes what it finds in the registry, whoever registered it, and follows changes', async t => {
    const frontends = [new ConsulFrontend({ nodeName: 'n0' })]
    await using daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends })
    await daemon.start()
    const consul = daemon.endpoints[0]?.replace('tcp://', '') ?? ''
    const ports = await Promise.all([metricsTarget(t), metricsTarget(t), metricsTarget(t)])
    const store = daemon.store ?? assert.fail('the daemon has started')
    const owner = store.leases.connect({ id: 'session:test', name: 'users' })
    const claims = ports.slice(0, 2).map((port, at) => {
      const more = { tags: ['metrics'], zone: `z${at}`, endpoints: [`tcp://127.0.0.1:${port}`] }
      return store.leases.register(owner, createInstance({ serviceName: 'users', id: `u${at}`, ...more }), 600_000)
    })
    const service = {
      Name: 'users',
      ID: 'u2',
      Address: '127.0.0.1',
      Port: ports[2],
      Tags: ['metrics'],
      Meta: { zone: 'z2' },
    }
    await fetch(`http://${consul}/v1/agent/service/register`, { method: 'PUT', body: JSON.stringify(service) })
    await fetch(`http://${consul}/v1/agent/service/register`, {
      method: 'PUT',
      body: '{"Name":"users","ID":"other","Port":1}',
    })

    const url = await startPrometheus(t, consul)
    const sees = (expected: readonly string[]) => async () => (await healthyTargets(url)).join() === expected.join()
    await until(sees(['u0 z0', 'u1 z1', 'u2 z2']), 'all three are scraped', PATIENCE_MS)
    if (claims[0]) store.leases.revoke(claims[0])
    await until(sees(['u1 z1', 'u2 z2']), 'the one that left is not scraped any more', PATIENCE_MS)
  })
})
