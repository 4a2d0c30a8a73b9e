import { sleep, type Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'

/** How often something may happen. */
export interface PaceOptions {
  readonly clock: Clock
  /** How often in a row, after a rest. */
  readonly burst: number
  /** How long each costs, in milliseconds: when nothing is left of the burst, the next has to wait that long. */
  readonly everyMs: number
}

/** What one thing may cost at most, in milliseconds. */
const COST_MS_MAX = 1_000

/** Lets things happen quickly a few times in a row, and slowly for ever: a bucket of tokens that fills with time. */
export class Pace {
  readonly #options: PaceOptions
  /** When the bucket will be full again. */
  #fullAt: number

  constructor(options: PaceOptions) {
    this.#options = options
    this.#fullAt = options.clock.now()
  }

  /** Resolves when the next may happen: at once, or later. One that took `costMs`, if that is more than usual, counts for as much. */
  async next({ costMs = 0, signal }: Abortable & { costMs?: number }): Promise<void> {
    const { clock, burst, everyMs } = this.#options
    const now = clock.now()
    this.#fullAt = Math.max(this.#fullAt, now) + Math.min(Math.max(everyMs, costMs), COST_MS_MAX)
    const waitMs = this.#fullAt - now - burst * everyMs
    if (waitMs > 0) await sleep(clock, waitMs, { signal })
  }
}
