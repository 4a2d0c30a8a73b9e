import { answer, input } from '../../harness/answer.ts'
import { closedLoop, type Done } from './closed-loop.ts'
import { connectEtcd, type EtcdClientKind, type EtcdConnection } from './etcd-connection.ts'
import { userInstance } from './users.ts'

/* Connections to an etcd that register instances or renew, each instance with a lease and one request in flight. */

const TTL_SECONDS = 600

const {
  port,
  sessions,
  instances,
  client: kind,
} = input() as { port: number; sessions: number; instances: number; client: EtcdClientKind }
const clients = await Promise.all(Array.from({ length: sessions }, () => connectEtcd(kind, port)))
const slots = clients.flatMap(client => Array.from({ length: instances }, () => client))
const renewals = await Promise.all(slots.map(openLease))
let number = 0

answer({}, { register, renew, clear })

/** Each registration is one write on a lease that is there already: the least that etcd can be asked for. */
async function register(durationMs: number): Promise<Done> {
  return closedLoop(
    slots.map((client, index) => () => put(client, index)),
    durationMs,
  )
}

async function renew(durationMs: number): Promise<Done> {
  return closedLoop(renewals, durationMs)
}

/** Takes out what was registered. */
async function clear(): Promise<void> {
  await Promise.all(slots.map((client, index) => client.revoke(index + 1)))
  await Promise.all(slots.map((client, index) => client.grant(index + 1, TTL_SECONDS)))
}

async function put(client: EtcdConnection, index: number): Promise<void> {
  const instance = userInstance(number++, `service-${Math.floor(index / instances)}`)
  await client.put(`/services/${instance.serviceName}/${instance.id}`, JSON.stringify(instance), index + 1)
}

async function openLease(client: EtcdConnection, index: number): Promise<() => Promise<void>> {
  await client.grant(index + 1, TTL_SECONDS)
  return client.keepAlive(index + 1)
}
