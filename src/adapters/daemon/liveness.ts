import type { Clock, Timer } from '../../core/clock.ts'

/** Rounds without a sign of life after which the other end counts as gone. */
const SILENT_ROUNDS_MAX = 3

/** What to watch over, and how. */
export interface LivenessOptions {
  readonly clock: Clock
  /** The length of a round, in milliseconds. */
  readonly roundMs: number
  /** Asks the other end for a sign of life. */
  readonly ping: () => void
  /** Called once when the other end is gone. */
  readonly onSilent: () => void
}

/**
 * Notices that the other end of a connection is gone though nobody said goodbye: a pulled cable, a lost host, a firewall that forgot.
 * Looks once per round; a silent round is answered by a ping, the third one in a row is the end. Rounds are *counted*, not measured:
 * a process that was itself stopped or busy for a minute finds one round over, reads what has come meanwhile, and goes on.
 */
export class Liveness {
  readonly #options: LivenessOptions
  #silentRounds = 0
  #timer: Timer

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#timer = this.#nextRound()
  }

  /** The other end has given a sign of life. */
  heard(): void {
    this.#silentRounds = 0
  }

  stop(): void {
    this.#timer.cancel()
  }

  #nextRound(): Timer {
    return this.#options.clock.schedule(this.#options.roundMs, () => this.#endRound())
  }

  #endRound(): void {
    this.#silentRounds++
    if (this.#silentRounds >= SILENT_ROUNDS_MAX) return this.#options.onSilent()
    if (this.#silentRounds > 1) this.#options.ping()
    this.#timer = this.#nextRound()
  }
}
