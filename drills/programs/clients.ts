import { setTimeout as delay } from 'node:timers/promises'
import { answer, input } from '../../bench/harness/answer.ts'
import { userInstance } from '../../bench/daemon/programs/users.ts'
import { DaemonRegistry } from '../../src/adapters/daemon/index.ts'
import type { Lease } from '../../src/discovery/lease.ts'

/*
 * Many processes, as far as the daemon can tell: a session each, with some instances that are renewed at a third of their TTL, and perhaps a watch of a
 * service. What is told of that service is compared with what it must be: never fewer instances than there were.
 */

/** What clients are to do. */
export interface ClientsInput {
  readonly port: number
  readonly sessions: number
  /** Of each session. */
  readonly instances: number
  readonly services: number
  readonly ttlMs: number
  readonly watch: boolean
  /** The number of the first instance, where there are other clients. Default 0. */
  readonly firstNumber?: number
}

/** What clients have seen. */
export interface ClientsSeen {
  /** Sets that were told. */
  readonly sets: number
  /** Sets without an instance, and sets with fewer than there had been. */
  readonly empty: number
  readonly shrunk: number
  /** Leases that were lost. */
  readonly lost: number
  /** Renewals that were refused, or not answered. */
  readonly failed: number
}

const OPENED_AT_A_TIME = 100

const { port, sessions, instances, services, ttlMs, watch, firstNumber = 0 } = input() as ClientsInput
const seen = { sets: 0, empty: 0, shrunk: 0, lost: 0, failed: 0 }
let leaving = false
const registries: DaemonRegistry[] = []

for (let opened = 0; opened < sessions; opened += OPENED_AT_A_TIME) {
  const some = Math.min(OPENED_AT_A_TIME, sessions - opened)
  await Promise.all(Array.from({ length: some }, (_, at) => open(opened + at)))
}
answer({}, { begin, seen: (): ClientsSeen => seen, leave })

async function open(session: number): Promise<void> {
  const registry = new DaemonRegistry({ port, clientName: `client-${session}`, requestMs: 60_000, connectMs: 30_000 })
  registries.push(registry)
  const leases = await Promise.all(
    Array.from({ length: instances }, (_, at) => register(registry, firstNumber + session * instances + at)),
  )
  void renew(leases)
}

async function register(registry: DaemonRegistry, number: number): Promise<Lease> {
  const lease = await registry.register(userInstance(number, `service-${number % services}`), { ttlMs })
  lease.lost.addEventListener('abort', () => seen.lost++, { once: true })
  return lease
}

/** All instances of a session by one message, at a third of the TTL, with jitter. */
async function renew(leases: readonly Lease[]): Promise<void> {
  for (;;) {
    await delay((ttlMs / 3) * (0.9 + 0.2 * Math.random()))
    if (leaving) return
    await Promise.all(leases.map(lease => lease.renew())).catch(() => seen.failed++)
  }
}

/** Begins to watch, when everybody has registered. Resolves when all have their first set. */
async function begin(): Promise<void> {
  if (watch) await Promise.all(registries.map((registry, session) => follow(registry, `service-${session % services}`)))
}

async function follow(registry: DaemonRegistry, serviceName: string): Promise<void> {
  const first = Promise.withResolvers<void>()
  void (async () => {
    let count = 0
    for await (const set of registry.watch(serviceName)) {
      first.resolve()
      seen.sets++
      if (set.instances.length === 0) seen.empty++
      else if (set.instances.length < count) seen.shrunk++
      count = Math.max(count, set.instances.length)
    }
  })().catch(first.reject)
  return first.promise
}

/** Says goodbye. */
async function leave(): Promise<void> {
  leaving = true
  await Promise.all(registries.map(registry => registry.close()))
}
