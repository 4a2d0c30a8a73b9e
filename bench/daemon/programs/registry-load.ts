import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import type { Lease } from '../../../src/discovery/lease.ts'
import { answer, input } from '../../harness/answer.ts'
import { closedLoop, type Done } from './closed-loop.ts'
import { userInstance } from './users.ts'

/* 64 sessions with a daemon by the client that users have; they register instances or renew, one request in flight each. */

const TTL_MS = 600_000

const { port, sessions: count } = input() as { port: number; sessions: number }
const registries = Array.from({ length: count }, () => new DaemonRegistry({ port, requestMs: 60_000 }))
let number = 0
const first = await Promise.all(registries.map(register1))
const held: Lease[][] = first.map(() => [])

answer({}, { register, renew, clear })

/** Each registration is answered when it is on disk. */
async function register(durationMs: number): Promise<Done> {
  return closedLoop(
    registries.map((registry, index) => async () => held[index]?.push(await register1(registry, index))),
    durationMs,
  )
}

/** Each renewal is of a session with one lease. */
async function renew(durationMs: number): Promise<Done> {
  return closedLoop(
    first.map(lease => () => lease.renew()),
    durationMs,
  )
}

/** Takes out what was registered, but for the first of each session. */
async function clear(): Promise<void> {
  await Promise.all(held.flatMap(leases => leases.splice(0).map(lease => lease.revoke())))
}

/** Each session registers copies of a service of its own. */
async function register1(registry: DaemonRegistry, index: number): Promise<Lease> {
  return registry.register(userInstance(number++, `service-${index}`), { ttlMs: TTL_MS })
}
