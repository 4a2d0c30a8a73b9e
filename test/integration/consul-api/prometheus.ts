import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../../../src/cli/up/free-port.ts'
import { findEngine } from '../../../tools/engines/find.ts'

/** Something that has metrics, until the test is over. */
export async function metricsTarget(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => response.end('ropewalk_test_up 1\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

/** Prometheus that finds what it scrapes in the registry at `consul`, until the test is over; its own URL. */
export async function startPrometheus(t: TestContext, consul: string): Promise<string> {
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
export async function healthyTargets(url: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/targets`).catch(() => undefined)
  if (!response?.ok) return []
  const { data } = (await response.json()) as { data: { activeTargets: readonly Target[] } }
  const well = data.activeTargets.filter(({ health }) => health === 'up')
  return well.map(({ labels }) => `${labels.id} ${labels.zone}`).toSorted()
}
