import type { Clock } from '../../core/clock.ts'
import type { WelcomeMessage } from '../../protocol/server-message.ts'

/** After so many of the daemon's pings that did not come, whoever listens for them connects anew. */
const SILENT_PINGS = 3

/**
 * Whether the daemon's word is enough for an absence. It is not after this process was out of its hearing for longer than the grace: whoever was
 * behind the same network was let go meanwhile, however alive, and comes back when it has noticed, which takes three of the daemon's pings.
 */
export class Doubt {
  readonly #clock: Clock
  #until = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A connection is open, after nothing could be heard of the daemon for `deafMs`. */
  opened({ graceMs, pingMs }: Pick<WelcomeMessage, 'graceMs' | 'pingMs'>, deafMs: number): void {
    if (deafMs > graceMs) this.#until = this.#clock.now() + SILENT_PINGS * pingMs + graceMs
  }

  /** In how many milliseconds what is absent is gone for sure, if the daemon says so; 0 when it is. */
  get leftMs(): number {
    // Most of the time there is none, and this is asked with every set.
    return this.#until === 0 ? 0 : Math.max(0, this.#until - this.#clock.now())
  }
}
