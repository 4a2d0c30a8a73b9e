import { sleep, type Abortable } from '../../core/abort.ts'
import { backoffDelayMs } from '../../core/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'

/** What was read for this long, in milliseconds, was well: the waits start over. */
const STABLE_MS = 1_000

/** How a watch of the backend is read. */
export interface ReadOnInit extends Abortable {
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly random: Random
  /** Hears why it ended, though nobody stopped it. */
  readonly onEnd: (error: Error) => void
}

/**
 * Reads a watch of the backend with `read` until `signal` aborts; then resolves. What ends it before, such as missing rights, or that it came to its
 * end by itself, is told, and it is read again after a wait that grows.
 */
export async function readOn(read: () => Promise<void>, init: ReadOnInit): Promise<void> {
  const { signal, clock, random, onEnd } = init
  for (let attempt = 0; !signal.aborted; attempt++) {
    const startedAt = clock.now()
    const error = await endOf(read)
    if (signal.aborted) return
    if (clock.now() - startedAt >= STABLE_MS) attempt = 0
    onEnd(error)
    await sleep(clock, backoffDelayMs(attempt, random), { signal }).catch(ignore)
  }
}

async function endOf(read: () => Promise<void>): Promise<Error> {
  try {
    await read()
    return new Error('The watch ended by itself')
  } catch (error) {
    return error as Error
  }
}

function ignore(): void {}
