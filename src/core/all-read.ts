import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** More turns than a listening socket keeps connections waiting, 511 in Node unless it is told otherwise. */
const TURNS_MAX = 600

/**
 * Resolves when this process has read all that others had written to it before the call: by its sockets, and by the connections that they have
 * begun. Of these a turn of the event loop accepts one, and reads from it in the next turn. So it waits for a turn in which nothing comes, and in a
 * process to which something comes in every turn for 600 of them.
 */
export async function allRead(): Promise<void> {
  // What is left of this turn is no whole one.
  await nextTurn()
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    const before = eventsSoFar()
    await nextTurn()
    if (eventsSoFar() === before) return
  }
}

/** How many events the event loop has been given by the system. */
function eventsSoFar(): number {
  return performance.nodeTiming.uvMetricsInfo.events
}
