import { describe, it } from 'node:test'
import { EtcdRegistry } from '../../../src/adapters/etcd/index.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { until } from '../../adapters/daemon/until.ts'
import { missingEngine, startEtcd } from '../../engines/engines.ts'
import { healthyTargets, metricsTarget, startPrometheus } from '../consul-api/prometheus.ts'
import { FrontProcess } from './front-process.ts'

const PATIENCE_MS = 120_000

describe('Prometheus', { skip: missingEngine('prometheus') || missingEngine('etcd') }, () => {
  it('scrapes what is in etcd, through a front, and follows changes', async t => {
    const etcd = await startEtcd()
    t.after(() => etcd.stop())
    const endpoint = `127.0.0.1:${etcd.ports.client}`
    const registry = new EtcdRegistry({ endpoints: [endpoint] })
    t.after(() => registry.close())
    const ports = await Promise.all([metricsTarget(t), metricsTarget(t)])
    const instances = ports.map((port, at) =>
      createInstance({
        serviceName: 'users',
        id: `u${at}`,
        endpoints: [`tcp://127.0.0.1:${port}`],
        tags: ['metrics'],
        zone: `z${at}`,
      }),
    )
    const leases = await Promise.all(instances.map(instance => registry.register(instance, { ttlMs: 600_000 })))
    const front = await FrontProcess.start(t, `etcd://${endpoint}`)
    const url = await startPrometheus(t, front.authority)
    const sees = (expected: readonly string[]) => async () => (await healthyTargets(url)).join() === expected.join()
    await until(sees(['u0 z0', 'u1 z1']), 'both are scraped', PATIENCE_MS)
    await leases[0]?.revoke()
    await until(sees(['u1 z1']), 'the one that left is not scraped any more', PATIENCE_MS)
  })
})
