import { answer, input } from '../../harness/answer.ts'
import { lastSeenMs } from '../../daemon/programs/last-seen.ts'
import { catalogEntry, fillCatalog, put } from '../consul-api.ts'
import { WaitingRequest } from './waiting-request.ts'

/* Many blocking queries for one service by Consul's API, each on a connection of its own as each would be a process of its own. */

/** How many connections are opened at once. */
const OPENING = 50

const { port, watchers, instances = 100 } = input() as { port: number; watchers: number; instances?: number }
await fillCatalog(port, 'users', instances)
const { change, seen } = lastSeenMs(watchers, write)
for (let from = 0; from < watchers; from += OPENING) {
  const count = Math.min(OPENING, watchers - from)
  await Promise.all(Array.from({ length: count }, (_, at) => watch(from + at)))
}

answer({}, { change })

async function watch(watcher: number): Promise<void> {
  await WaitingRequest.open(port, '/v1/health/service/users', () => seen(watcher))
}

/** Gives one instance another port. */
async function write(round: number): Promise<void> {
  const entry = catalogEntry('users', round % instances) as { Service: object }
  await put(port, '/v1/catalog/register', { ...entry, Service: { ...entry.Service, Port: 20_000 + round } })
}
