import { spawnSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { startClients } from './harness/clients.ts'
import { DaemonProcess } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import type { DrillRun } from './harness/drill-run.ts'
import { RegistryReader } from './harness/registry-reader.ts'
import type { ClientsSeen } from './programs/clients.ts'

const TTL_MS = 15_000
const LOOK_MS = 1_000

/** A load: how many sessions hold how many instances each, of how many services, and for how long they are kept. */
interface Load {
  readonly sessions: number
  readonly instances: number
  readonly services: number
  readonly holdMs: number
}

/** Many instances that renew. */
export const manyInstances: Drill = {
  name: 'many-instances',
  what: 'A hundred thousand instances of a thousand services, with a TTL of 15 s, are renewed at a third of it for a minute, by 1,000 sessions and by 10,000; the daemon has one core.',
  async drill(run) {
    const loads = run.scale<Load[]>(
      [{ sessions: 20, instances: 25, services: 10, holdMs: 2_000 }],
      [
        { sessions: 1_000, instances: 100, services: 1_000, holdMs: 60_000 },
        { sessions: 10_000, instances: 10, services: 1_000, holdMs: 30_000 },
      ],
    )
    for (const load of loads) await hold(run, load)
  },
}

async function hold(run: DrillRun, load: Load): Promise<void> {
  const { sessions, instances, services, holdMs } = load
  const title = `${sessions.toLocaleString('en')} sessions × ${instances}`
  const wrap = oneCore()
  if (wrap.length === 0) run.skip('the daemon is kept to no core: there is no taskset')
  const daemon = await DaemonProcess.start(run, { wrap })
  const clients = await startClients(run, {
    port: daemon.port,
    sessions,
    instances,
    services,
    ttlMs: TTL_MS,
    watch: false,
  })
  const reader = new RegistryReader(daemon)
  const total = sessions * instances
  run.progress(`${title}: ${total.toLocaleString('en')} instances are registered`)
  const wrong: string[] = []
  const before = { ...(await reader.statuses()), cpuMs: await daemon.cpuMs(), at: performance.now() }
  await daemon.lag()
  while (performance.now() < before.at + holdMs) {
    await delay(LOOK_MS)
    const { statuses } = await reader.statuses()
    if (statuses.ready !== total) wrong.push(JSON.stringify(statuses))
  }
  const cpuMs = (await daemon.cpuMs()) - before.cpuMs
  const { p99Ms, maxMs } = await daemon.lag()
  const after = await reader.statuses()
  const seen = await clients.ask<ClientsSeen>('seen')
  run.never(`${title}: every instance stays ready`, wrong)
  run.promise(
    `${title}: nobody's set changes`,
    after.revision === before.revision,
    `${before.revision} → ${after.revision}`,
  )
  run.promise(`${title}: no lease is lost, no renewal fails`, seen.lost + seen.failed === 0, JSON.stringify(seen))
  run.figure(`${title}: CPU of the daemon`, (100 * cpuMs) / (performance.now() - before.at), '% of a core')
  run.figure(`${title}: lag of its event loop, 99th percentile`, p99Ms, 'ms')
  run.figure(`${title}: the longest lag`, maxMs, 'ms')
  run.figure(`${title}: memory`, (await daemon.memory()).residentBytes / 2 ** 20, 'MiB')
  await clients.kill()
  await daemon.kill()
}

/** What keeps a process to the first core. */
function oneCore(): readonly string[] {
  return spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : []
}
