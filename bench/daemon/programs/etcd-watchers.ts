import type { Instance } from '../../../src/discovery/instance.ts'
import { answer, input } from '../../harness/answer.ts'
import { connectEtcd, type EtcdClientKind } from './etcd-connection.ts'
import { lastSeenMs } from './last-seen.ts'
import { userInstance } from './users.ts'
import { eventsOf } from './watch-events.ts'

/*
 * Many watchers of a service with 100 instances in an etcd, each on a connection of its own as each would be a process of its own. By the
 * client that users have, each has a set of its own: it decodes what changed and applies that to a Map. By the bare one it only notices it.
 */

const INSTANCES = 100
const TTL_SECONDS = 600
const PREFIX = '/services/users/'

const { port, watchers, client: kind } = input() as { port: number; watchers: number; client: EtcdClientKind }
const writer = await connectEtcd(kind, port)
await writer.grant(1, TTL_SECONDS)
const entries = Array.from({ length: INSTANCES }, (_, number) => entry(number))
for (const { key, value } of entries) await writer.put(key, value, 1)
const { change, seen } = lastSeenMs(watchers, round => put(round % INSTANCES))
for (let watcher = 0; watcher < watchers; watcher++) {
  const client = await connectEtcd(kind, port)
  await client.watch(PREFIX, kind === 'bare' ? () => seen(watcher) : setOf(watcher))
}

answer({}, { change })

async function put(number: number): Promise<void> {
  const { key, value } = entry(number)
  await writer.put(key, value, 1)
}

function entry(number: number): { key: string; value: string } {
  const instance = userInstance(number)
  return { key: PREFIX + instance.id, value: JSON.stringify(instance) }
}

/** What a watcher does with each response to have the new set. It begins with what reading the whole service would have given it. */
function setOf(watcher: number): (response: Buffer) => void {
  const set = new Map(entries.map(({ key, value }) => [key, JSON.parse(value) as Instance]))
  return response => {
    for (const { key, value } of eventsOf(response)) {
      if (value === undefined) set.delete(key)
      else set.set(key, JSON.parse(value) as Instance)
    }
    seen(watcher)
  }
}
