import { answer, input } from '../../harness/answer.ts'
import { connectEtcd, type EtcdClientKind } from './etcd-connection.ts'
import { lastSeenMs } from './last-seen.ts'
import { userInstance } from './users.ts'

/* Many watchers of a service with 100 instances in an etcd, each on a connection of its own as each would be a process of its own. */

const INSTANCES = 100
const TTL_SECONDS = 600

const { port, watchers, client: kind } = input() as { port: number; watchers: number; client: EtcdClientKind }
const writer = await connectEtcd(kind, port)
await writer.grant(1, TTL_SECONDS)
for (let number = 0; number < INSTANCES; number++) await put(number)
const { change, seen } = lastSeenMs(watchers, round => put(round % INSTANCES))
for (let watcher = 0; watcher < watchers; watcher++) {
  const client = await connectEtcd(kind, port)
  await client.watch('/services/users/', () => seen(watcher))
}

answer({}, { change })

async function put(number: number): Promise<void> {
  const instance = userInstance(number)
  await writer.put(`/services/users/${instance.id}`, JSON.stringify(instance), 1)
}
