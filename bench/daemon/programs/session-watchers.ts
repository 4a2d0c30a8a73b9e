import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { answer, input } from '../../harness/answer.ts'
import { lastSeenMs } from './last-seen.ts'
import { userInstance } from './users.ts'

/*
 * Many watchers of a service with 100 instances in a daemon, each with a session of its own as each would be a process of its own. They are
 * the adapter itself: a watcher has seen a change when it has the new whole set.
 */

const INSTANCES = 100
const TTL_MS = 600_000

const { port, watchers } = input() as { port: number; watchers: number }
const writer = new DaemonRegistry({ port })
const leases = await Promise.all(
  Array.from({ length: INSTANCES }, (_, number) => writer.register(userInstance(number), { ttlMs: TTL_MS })),
)
const { change, seen } = lastSeenMs(watchers, async round => {
  await leases[round % INSTANCES]?.update({ metadata: { round: String(round) } })
})
await Promise.all(Array.from({ length: watchers }, (_, watcher) => watch(watcher)))

answer({}, { change })

/** Resolves when the watcher has its first whole set. */
async function watch(watcher: number): Promise<void> {
  const complete = Promise.withResolvers<void>()
  const registry = new DaemonRegistry({ port })
  void (async () => {
    for await (const set of registry.watch('users')) {
      if (set.instances.length === INSTANCES) complete.resolve()
      seen(watcher)
    }
  })()
  await complete.promise
}
