import { startClients } from './harness/clients.ts'
import { DaemonProcess } from './harness/daemon-process.ts'
import type { Drill } from './harness/drill.ts'
import { RegistryReader } from './harness/registry-reader.ts'
import { until } from './harness/within.ts'
import type { ClientsSeen } from './programs/clients.ts'

const TTL_MS = 1_500
const GRACE_MS = 1_000
const KEPT_MS_MAX = 4_000
const LIMIT_MS = 60_000

/** Very many instances are not heard of, and come back or do not. */
export const selfPreservation: Drill = {
  name: 'self-preservation',
  what: 'Two fifths of all processes are frozen until all their leases should have lapsed, and go on; then they are killed with SIGKILL.',
  async drill(run) {
    const [others, frozen] = run.scale([30, 20], [600, 400])
    const preservation = { calmMs: 1_000, keptMsMax: KEPT_MS_MAX }
    const daemon = await DaemonProcess.start(run, { graceMs: GRACE_MS, preservation })
    const input = { port: daemon.port, instances: 1, ttlMs: TTL_MS, watch: false }
    const staying = await startClients(run, { ...input, sessions: others, services: 1 })
    const leaving = await startClients(run, { ...input, sessions: frozen, services: 1, firstNumber: others })
    const reader = new RegistryReader(daemon)
    const kept = async () => (await reader.status()).preservation?.kept ?? -1
    const count = async () => (await reader.set('service-0')).instances.length
    const total = others + frozen

    leaving.signal('SIGSTOP')
    await until(LIMIT_MS, 'those that are frozen are kept', async () => (await kept()) >= frozen)
    const { instances } = await reader.set('service-0')
    const suspects = instances.filter(({ status }) => status === 'suspect').length
    const passing = (await (await fetch(`${daemon.url}/v1/health/service/service-0?passing`)).json()) as unknown[]
    leaving.signal('SIGCONT')
    const returnMs = await until(LIMIT_MS, 'nothing is kept any more', async () => (await kept()) === 0)
    const afterReturn = await count()
    const seen = await leaving.ask<ClientsSeen>('seen')

    run.promise('None of them is taken out', instances.length === total, `${instances.length} of ${total}`)
    run.promise('All of them are suspect', suspects >= frozen, `${suspects} of ${frozen}`)
    run.promise('The Consul API does not call them passing', passing.length <= others, `${passing.length} of ${total}`)
    run.promise(
      'When they go on they are as before',
      afterReturn === total && seen.lost === 0,
      `${afterReturn} of ${total}, ${JSON.stringify(seen)}`,
    )

    await leaving.kill()
    await until(LIMIT_MS, 'those that were killed are kept', async () => (await kept()) >= frozen)
    const goneMs = await until(LIMIT_MS, 'those that were killed are gone', async () => (await kept()) === 0)
    const left = await count()
    const events = (await daemon.events())
      .filter(event => event.startsWith('preservation.'))
      .map(event => event.split(' ')[0])
    run.promise('Those that do not come back are gone at last', left === others, `${left} of ${others}`)
    run.promise(
      'Its beginning and its end are told',
      events.join(' ').includes('began') && events.at(-1) === 'preservation.ended',
      events.join(' '),
    )
    run.promise('Others stay as they were', (await staying.ask<ClientsSeen>('seen')).lost === 0)
    run.figure('from going on until all are ready', returnMs, 'ms')
    run.figure(`from being kept until they are gone, with a limit of ${KEPT_MS_MAX} ms`, goneMs, 'ms')
  },
}
