import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { freePort } from '../../../src/cli/up/free-port.ts'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { findEngine } from '../../../tools/engines/find.ts'
import { until } from '../../adapters/daemon/until.ts'
import { missingEngine } from '../../engines/engines.ts'

const PATIENCE_MS = 120_000

/** Something that has metrics, until the test is over. */
async function target(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => response.end('ropewalk_test_up 1\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

/** Prometheus that finds what it scrapes in the registry at `consul`, until the test is over; its own URL. */
async function prometheus(t: TestContext, consul: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ropewalk-prometheus-'))
  const port = await freePort()
  const config = `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: ropewalk
    consul_sd_configs: [{ server: '${consul}', services: [users], tags: [metrics], refresh_interval: 1s }]
    relabel_configs:
      - { source_labels: [__meta_consul_service_id], target_label: id }
      - { source_labels: [__meta_consul_service_metadata_zone], target_label: zone }
`
  await writeFile(join(folder, 'prometheus.yml'), config)
  const { command, args, env } = findEngine('prometheus')
  const own = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`]
  const options = [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error']
  const child = spawn(command, [...args, ...own, ...options], { env: { ...process.env, ...env }, stdio: 'ignore' })
  t.after(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await rm(folder, { recursive: true, force: true })
  })
  return `http://127.0.0.1:${port}`
}

interface Target {
  readonly health: string
  readonly labels: Readonly<Record<string, string>>
}

/** The targets that Prometheus has, healthy ones only. */
async function healthy(url: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/targets`).catch(() => undefined)
  if (!response?.ok) return []
  const { data } = (await response.json()) as { data: { activeTargets: readonly Target[] } }
  const well = data.activeTargets.filter(({ health }) => health === 'up')
  return well.map(({ labels }) => `${labels.id} ${labels.zone}`).toSorted()
}

describe('Prometheus', { skip: missingEngine('prometheus') }, () => {
  it('scrapes what it finds in the registry, whoever registered it, and follows changes', async t => {
    const frontends = [new ConsulFrontend({ nodeName: 'n0' })]
    await using daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends })
    await daemon.start()
    const consul = daemon.endpoints[0]?.replace('tcp://', '') ?? ''
    const ports = await Promise.all([target(t), target(t), target(t)])
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

    const url = await prometheus(t, consul)
    const sees = (expected: readonly string[]) => async () => (await healthy(url)).join() === expected.join()
    await until(sees(['u0 z0', 'u1 z1', 'u2 z2']), 'all three are scraped', PATIENCE_MS)
    if (claims[0]) store.leases.revoke(claims[0])
    await until(sees(['u1 z1', 'u2 z2']), 'the one that left is not scraped any more', PATIENCE_MS)
  })
})
