import { answer, input } from '../../bench/harness/answer.ts'
import { RawSession } from '../../bench/daemon/programs/raw-session.ts'
import { userInstance } from '../../bench/daemon/programs/users.ts'
import { toWireInstance } from '../../src/protocol/wire-instance.ts'

/*
 * Many watchers of one service, each with a session of its own as each would be a process of its own, which answer pings and do nothing else; and one
 * who writes.
 */

const TTL_MS = 600_000
const OPENED_AT_A_TIME = 100
const SEEN_MS_MAX = 60_000

/** What is watched. */
export interface WatchersInput {
  readonly port: number
  readonly service: string
  readonly instances: number
  /** Of metadata of each, besides the usual. Default 0. */
  readonly fillingBytes?: number
}

/** When watchers saw a change, in milliseconds from before it was asked for. */
export interface Seen {
  readonly medianMs: number
  readonly lastMs: number
}

const { port, instances, service, fillingBytes = 0 } = input() as WatchersInput
const writer = await RawSession.open(port, `writer-${service}`)
const seenAt: number[] = []
let [watchers, missing, allSeen, seq] = [0, 0, Promise.withResolvers<void>(), 0]
for (let number = 0; number < instances; number++) await put(number)

answer({}, { watch, change })

/** Opens so many watchers more; resolves when each has its first set. */
async function watch(count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += OPENED_AT_A_TIME) {
    const some = Math.min(OPENED_AT_A_TIME, count - opened)
    await Promise.all(Array.from({ length: some }, () => open(watchers++)))
  }
}

async function open(watcher: number): Promise<void> {
  const session = await RawSession.open(port, `${service}-${watcher}`)
  await session.ask({ type: 'watch', service })
  session.listen(() => {
    seenAt.push(performance.now())
    if (--missing === 0) allSeen.resolve()
  })
}

/** Makes one change; resolves when all watchers have seen it. */
async function change(): Promise<Seen> {
  seenAt.length = 0
  missing = watchers
  allSeen = Promise.withResolvers()
  const limit = setTimeout(() => allSeen.reject(new Error(`${missing} watchers saw nothing`)), SEEN_MS_MAX)
  const start = performance.now()
  await Promise.all([allSeen.promise, put(seq % instances)])
  clearTimeout(limit)
  const times = seenAt.map(at => at - start).toSorted((a, b) => a - b)
  return { medianMs: times[times.length >> 1] ?? NaN, lastMs: times.at(-1) ?? NaN }
}

async function put(number: number): Promise<void> {
  const metadata = { filling: String(seq + 1).padStart(fillingBytes, 'x') }
  const instance = { ...toWireInstance(userInstance(number, service)), weight: 2 + (++seq % 60_000), metadata }
  await writer.ask({ type: 'register', seq, service, instance, ttlMs: TTL_MS })
}
