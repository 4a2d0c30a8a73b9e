import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import type { Lease } from '../../../src/discovery/lease.ts'
import { answer, input } from '../../harness/answer.ts'
import { closedLoop, type Done } from './closed-loop.ts'
import { userInstance } from './users.ts'

/* Sessions with a daemon by the client that users have; they register instances or renew, each instance with one request in flight. */

const TTL_MS = 600_000

const { port, sessions: count, instances } = input() as { port: number; sessions: number; instances: number }
const registries = Array.from({ length: count }, () => new DaemonRegistry({ port, requestMs: 60_000 }))
let number = 0
const slots = registries.flatMap((registry, index) => Array.from({ length: instances }, () => ({ registry, index })))
const first = await Promise.all(slots.map(({ registry, index }) => register1(registry, index)))
const held: Lease[][] = registries.map(() => [])

answer({}, { register, renew, clear })

/** Each registration is answered when it is on disk. */
async function register(durationMs: number): Promise<Done> {
  return closedLoop(
    slots.map(
      ({ registry, index }) =>
        async () =>
          held[index]?.push(await register1(registry, index)),
    ),
    durationMs,
  )
}

/** Renewals of one session that are under way together go in one message. */
async function renew(durationMs: number): Promise<Done> {
  return closedLoop(
    first.map(lease => () => lease.renew()),
    durationMs,
  )
}

/** Takes out what was registered, but for what was there at the beginning. */
async function clear(): Promise<void> {
  await Promise.all(held.flatMap(leases => leases.splice(0).map(lease => lease.revoke())))
}

/** Each session registers copies of a service of its own. */
async function register1(registry: DaemonRegistry, index: number): Promise<Lease> {
  return registry.register(userInstance(number++, `service-${index}`), { ttlMs: TTL_MS })
}
