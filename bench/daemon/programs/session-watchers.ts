import { toWireInstance } from '../../../src/protocol/wire-instance.ts'
import { answer, input } from '../../harness/answer.ts'
import { lastSeenMs } from './last-seen.ts'
import { RawSession } from './raw-session.ts'
import { userInstance } from './users.ts'

/*
 * Many watchers of a service with 100 instances in a daemon, each with a session of its own as each would be a process of its own. They
 * acknowledge as the adapter does: what no drain waits for within a second.
 */

const INSTANCES = 100
const TTL_MS = 600_000
const ACKNOWLEDGE_MS = 1_000

const { port, watchers } = input() as { port: number; watchers: number }
const writer = await RawSession.open(port, 'writer')
for (let number = 0; number < INSTANCES; number++) await put(number)
const { change, seen } = lastSeenMs(watchers, round => put(round % INSTANCES))
for (let watcher = 0; watcher < watchers; watcher++) await watch(watcher)

answer({}, { change })

async function put(number: number): Promise<void> {
  const instance = toWireInstance(userInstance(number))
  await writer.ask({ type: 'register', seq: number, service: 'users', instance, ttlMs: TTL_MS })
}

/** Resolves when the watcher has its first set. */
async function watch(watcher: number): Promise<void> {
  const session = await RawSession.open(port, `watcher-${watcher}`)
  await session.ask({ type: 'watch', service: 'users' })
  let revision = 0
  let later: NodeJS.Timeout | undefined
  const acknowledge = () => {
    later = undefined
    session.send({ type: 'ack', service: 'users', revision })
  }
  session.listen(frame => {
    const to = frame.indexOf('"to":')
    if (to === -1) throw new Error(`The daemon said ${frame.toString()}`)
    seen(watcher)
    revision = Number.parseInt(frame.toString('latin1', to + 5, to + 25), 10)
    later ??= setTimeout(acknowledge, ACKNOWLEDGE_MS)
  })
}
