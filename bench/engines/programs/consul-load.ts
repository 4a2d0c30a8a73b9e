import { ConsulClient } from '../../../src/adapters/consul/client.ts'
import { registrationOf } from '../../../src/adapters/consul/registration.ts'
import { closedLoop, type Done } from '../../daemon/programs/closed-loop.ts'
import { userInstance } from '../../daemon/programs/users.ts'
import { answer, input } from '../../harness/answer.ts'

/* Clients of a Consul agent that register services with a TTL check or say that the check passes, each with one request in flight. */

const CHECK = { claim: 'c', ttlMs: 600_000, removeAfterMs: 60_000 }

const { port, sessions: count } = input() as { port: number; sessions: number }
const clients = Array.from(
  { length: count },
  () => new ConsulClient({ addresses: [`127.0.0.1:${port}`], attemptMs: 60_000 }),
)
const held: string[][] = clients.map(() => [])
let number = 0

await Promise.all(clients.map(put))
answer({}, { register, renew, clear })

async function register(durationMs: number): Promise<Done> {
  return closedLoop(
    clients.map((client, index) => () => put(client, index)),
    durationMs,
  )
}

async function renew(durationMs: number): Promise<Done> {
  return closedLoop(
    clients.map((client, index) => () => pass(client, held[index]?.[0] ?? '')),
    durationMs,
  )
}

/** Takes out what was registered, but for what was there at the beginning. */
async function clear(): Promise<void> {
  await Promise.all(
    clients.map(async (client, index) => {
      for (const id of held[index]?.splice(1) ?? []) {
        await client.call({ method: 'PUT', path: ['agent', 'service', 'deregister', id] })
      }
    }),
  )
}

async function put(client: ConsulClient, index: number): Promise<void> {
  const instance = userInstance(number++, `service-${index}`)
  const body = registrationOf({ instance, write: number, checkId: checkIdOf(instance.id), ...CHECK })
  await client.call({ method: 'PUT', path: ['agent', 'service', 'register'], body })
  held[index]?.push(instance.id)
}

async function pass(client: ConsulClient, id: string): Promise<void> {
  await client.call({ method: 'PUT', path: ['agent', 'check', 'pass', checkIdOf(id)] })
}

function checkIdOf(id: string): string {
  return `ropewalk:${id}`
}
