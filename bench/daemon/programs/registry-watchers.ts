import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { answer, input } from '../../harness/answer.ts'
import { lastSeenMs } from './last-seen.ts'
import { userInstance } from './users.ts'

/*
 * Many watchers of a service with 100 instances in a daemon by the client that users have, each with a session of its own as each would
 * be a process of its own. What they see is the whole new set; reading on acknowledges it.
 */

const INSTANCES = 100
const TTL_MS = 600_000

const { port, watchers } = input() as { port: number; watchers: number }
const writer = new DaemonRegistry({ port })
for (let number = 0; number < INSTANCES; number++) await put(number)
const { change, seen } = lastSeenMs(watchers, round => put(round % INSTANCES))
for (let watcher = 0; watcher < watchers; watcher++) await watch(watcher)

answer({}, { change })

/** Every time another start, so that it is a change. */
async function put(number: number): Promise<void> {
  await writer.register(userInstance(number), { ttlMs: TTL_MS })
}

/** Resolves when the watcher has its first set. */
async function watch(watcher: number): Promise<void> {
  const sets = new DaemonRegistry({ port, clientName: `watcher-${watcher}` }).watch('users')
  await sets.next()
  void read(watcher, sets)
}

async function read(watcher: number, sets: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of sets) seen(watcher)
}
