import type { Clock, Timer } from '../../core/clock.ts'

/** Parts of the session's timeout in which a round lasts, and rounds without a sign of life after which the server counts as gone. */
const ROUNDS = 6
const SILENT_ROUNDS_MAX = 3

/** What keeps a session alive, and how long it lives without. */
export interface PulseOptions {
  readonly clock: Clock
  /** What the server has granted. */
  readonly sessionMs: number
  /** Says that this process lives, and asks for an answer. */
  readonly ping: () => void
  /** Called once when the server is gone. */
  readonly onSilent: () => void
}

/**
 * Keeps a session alive by a ping every sixth of its timeout, and notices that the server is gone though nobody said so: after three rounds
 * without a sign of life, which leaves half of the timeout to find another server. Rounds are *counted*, not measured: a process that
 * was itself stopped for a minute finds one round over, reads what has come meanwhile, and goes on.
 */
export class Pulse {
  readonly #options: PulseOptions
  readonly #roundMs: number
  #silentRounds = 0
  #timer: Timer

  constructor(options: PulseOptions) {
    this.#options = options
    this.#roundMs = options.sessionMs / ROUNDS
    this.#timer = this.#nextRound()
  }

  /** The server has given a sign of life. */
  heard(): void {
    this.#silentRounds = 0
  }

  stop(): void {
    this.#timer.cancel()
  }

  #nextRound(): Timer {
    return this.#options.clock.schedule(this.#roundMs, () => this.#endRound())
  }

  #endRound(): void {
    this.#silentRounds++
    if (this.#silentRounds > SILENT_ROUNDS_MAX) return this.#options.onSilent()
    this.#options.ping()
    this.#timer = this.#nextRound()
  }
}
