import { setTimeout as delay } from 'node:timers/promises'
import { startClients } from './harness/clients.ts'
import { DaemonProcess } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import { Holders } from './harness/holders.ts'
import { RegistryReader } from './harness/registry-reader.ts'
import { until } from './harness/within.ts'
import type { ClientsSeen } from './programs/clients.ts'

/** A session of the Consul API lives for twice this, the shortest there may be. */
const SESSION_TTL = '10s'
const LIMIT_MS = 60_000

/** The daemon stands still for longer than anybody's TTL, and goes on. */
export const frozenDaemon: Drill = {
  name: 'frozen-daemon',
  what: 'The daemon is stopped in its tracks for many times the TTL of what it holds, as a machine that is suspended is, and goes on; then again.',
  async drill(run) {
    const ttlMs = run.scale(2_000, 5_000)
    const [freezes, frozenMs] = run.scale([1, 6_000], [2, 60_000])
    const sessions = run.scale(20, 500)
    const daemon = await DaemonProcess.start(run)
    const reader = new RegistryReader(daemon)
    const holders = await Holders.begin(run, { daemon, ttlMs })
    const key = await lock(daemon)
    const clients = await startClients(run, {
      port: daemon.port,
      sessions,
      instances: 1,
      services: 1,
      ttlMs: 15_000,
      watch: true,
    })
    await clients.ask('begin')
    for (let freeze = 0; freeze < freezes; freeze++) {
      daemon.signal('SIGSTOP')
      await delay(frozenMs)
      daemon.signal('SIGCONT')
      await key.renew()
      await until(LIMIT_MS, 'every instance is ready', async () => {
        const { statuses } = await reader.statuses()
        return statuses.ready === sessions + holders.count && Object.keys(statuses).length === 1
      })
      await key.renew()
      // Whoever was to be given up would be by now.
      await delay(2 * ttlMs)
      await key.renew()
    }
    const departed = (await holders.departures()).filter(departure => !departure.endsWith(' ready'))
    const seen = await clients.ask<ClientsSeen>('seen')
    run.never('No lease lapses that is renewed before and afterwards', departed)
    run.promise('No client loses its instance', seen.lost === 0, JSON.stringify(seen))
    run.promise(
      'No watcher is told an empty set, or a smaller one',
      seen.empty + seen.shrunk === 0,
      JSON.stringify(seen),
    )
    run.promise('A check of the Consul API goes on passing', await holders.passes())
    run.promise('A session of the Consul API holds its lock', await key.isHeld())
    const start = performance.now()
    await holders.neglect()
    run.promise('A lease that is not renewed lapses in time all the same', true)
    run.figure(`that took, with a TTL of ${ttlMs} ms`, performance.now() - start, 'ms')
  },
}

/** A key that is held by a session, which can be renewed when the daemon is not frozen. */
async function lock({ url }: DaemonProcess) {
  const body = JSON.stringify({ TTL: SESSION_TTL })
  const made = await fetch(`${url}/v1/session/create`, { method: 'PUT', body })
  const { ID } = (await made.json()) as { ID: string }
  await (await fetch(`${url}/v1/kv/lock?acquire=${ID}`, { method: 'PUT', body: 'held' })).text()
  const isHeld = async () => {
    const keys = (await (await fetch(`${url}/v1/kv/lock`)).json()) as { Session?: string }[]
    return keys[0]?.Session === ID
  }
  const renew = async () => {
    await (await fetch(`${url}/v1/session/renew/${ID}`, { method: 'PUT' })).text()
  }
  return { isHeld, renew }
}
