import { setTimeout as delay } from 'node:timers/promises'
import { median } from '../../harness/statistics.ts'

const SEEN_MS_MAX = 60_000
const PAUSE_MS = 20

/** How long changes take until the last of `watchers` has seen them. */
export interface LastSeen {
  /** Makes so many changes, one after the other; resolves with the median of the times, in milliseconds. */
  readonly change: (changes: number) => Promise<number>
  /** To be called by each watcher when it sees a change; more often does not matter. */
  readonly seen: (watcher: number) => void
}

/** Times changes that `write` makes, from the moment before it is called until the last watcher called `seen`. */
export function lastSeenMs(watchers: number, write: (round: number) => Promise<void>): LastSeen {
  const seenRound = new Int32Array(watchers)
  let [round, missing, last] = [0, 0, Promise.withResolvers<number>()]
  return { change, seen }

  async function change(changes: number): Promise<number> {
    const times = []
    for (let i = 0; i < changes; i++) {
      times.push(await changeOnce())
      await delay(PAUSE_MS)
    }
    return median(times)
  }

  async function changeOnce(): Promise<number> {
    round++
    missing = watchers
    last = Promise.withResolvers()
    const limit = setTimeout(() => last.reject(new Error(`${missing} watchers saw nothing`)), SEEN_MS_MAX)
    const start = performance.now()
    const [seenAt] = await Promise.all([last.promise, write(round)])
    clearTimeout(limit)
    return seenAt - start
  }

  function seen(watcher: number): void {
    if (seenRound[watcher] === round) return
    seenRound[watcher] = round
    if (--missing === 0) last.resolve(performance.now())
  }
}
