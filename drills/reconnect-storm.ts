import { setTimeout as delay } from 'node:timers/promises'
import { startClients } from './harness/clients.ts'
import { DaemonProcess, temporaryFolder } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import { RegistryReader } from './harness/registry-reader.ts'
import { until } from './harness/within.ts'
import type { ClientsSeen } from './programs/clients.ts'
import type { HistoryAnswer } from '../src/protocol/rest.ts'

/** Instances of each service. */
const SIZE = 10
const SETTLE_MS_MAX = 60_000
const AFTERWARDS_MS = 4_000
const BACK = new Set(['unconfirmed', 'ready'])

/** All sessions lose the daemon at once, and come back. */
export const reconnectStorm: Drill = {
  name: 'reconnect-storm',
  what: 'The daemon is killed with SIGKILL and started again with its data; five thousand sessions, each with an instance and a watch, come back at once.',
  async drill(run) {
    const sessions = run.scale(100, 5_000)
    const daemon = await DaemonProcess.start(run, { dataPath: await temporaryFolder(run) })
    const clients = await startClients(run, {
      port: daemon.port,
      sessions,
      instances: 1,
      services: sessions / SIZE,
      ttlMs: run.scale(60_000, 15_000),
      watch: true,
    })
    await clients.ask('begin')
    const reader = new RegistryReader(daemon)
    const read = readOn(daemon, sessions / SIZE)
    const cpuBefore = await daemon.cpuMs()
    run.progress(`${sessions} sessions are there; the daemon was busy for ${Math.round(cpuBefore)} ms`)

    const killedAt = performance.now()
    await daemon.kill()
    await daemon.restart()
    const awayMs = performance.now() - killedAt
    const { revision } = await reader.statuses()
    const isSettled = async () => (await reader.statuses()).statuses.ready === sessions
    const settledMs = await until(SETTLE_MS_MAX, 'every instance is ready again', isSettled)
    const cpuMs = await daemon.cpuMs()
    // Whoever was to be given up would be by now.
    await delay(run.scale(1_000, AFTERWARDS_MS))
    const wrong = await read.end()
    const { statuses } = await reader.statuses()
    const seen = await clients.ask<ClientsSeen>('seen')
    const other = await unexpected(reader, { revision, services: sessions / SIZE })

    run.promise(
      'No registration is lost',
      statuses.ready === sessions && seen.lost === 0,
      JSON.stringify({ statuses, seen }),
    )
    run.never('Nothing happens to any instance but that it is confirmed', other)
    run.promise(
      'No watcher is told an empty set, or a smaller one',
      seen.empty + seen.shrunk === 0,
      JSON.stringify(seen),
    )
    run.never('No answer by HTTP is empty, or smaller', wrong)
    run.promise('Readers were answered meanwhile', read.answers() > 0)
    run.figure('the daemon was away', awayMs, 'ms')
    run.figure('from its return until every instance is ready', settledMs, 'ms')
    run.figure('CPU of the daemon for that, its start included', cpuMs, 'ms')
    run.figure('answers by HTTP that were looked at', read.answers(), '')
    run.figure('sets that watchers were told', seen.sets, '')
  },
}

/** Reads services by the native API and by Consul's all the time; what fails while the daemon is away is no answer. */
function readOn(daemon: DaemonProcess, services: number) {
  const wrong: string[] = []
  const state = { answers: 0, ended: false }
  const done = (async () => {
    for (let turn = 0; !state.ended; turn++) {
      const name = `service-${turn % services}`
      const path = turn % 2 === 0 ? `/api/v1/services/${name}` : `/v1/health/service/${name}`
      try {
        const answer = await fetch(daemon.url + path)
        const body = (await answer.json()) as unknown[] | { instances: unknown[] }
        const count = Array.isArray(body) ? body.length : body.instances.length
        state.answers++
        if (count !== SIZE) wrong.push(`${path} has ${count} of ${SIZE}`)
      } catch {
        await delay(5)
      }
    }
  })()
  const end = async () => {
    state.ended = true
    await done
    return wrong
  }
  return { end, answers: () => state.answers }
}

/** What happened to instances after `revision` that was more than being confirmed. */
async function unexpected(
  reader: RegistryReader,
  { revision, services }: { revision: number; services: number },
): Promise<string[]> {
  const found: string[] = []
  for (let service = 0; service < services; service++) {
    const { changes } = (await reader.get(`/services/service-${service}/history`)) as HistoryAnswer
    const others = changes.filter(change => change.revision > revision && !BACK.has(change.kind))
    found.push(...others.map(({ id, kind, at }) => `${id} ${kind} ${new Date(at).toISOString()}`))
  }
  return found
}
