import type { Clock, Timer } from './clock.ts'

/** What to watch over, and how. */
export interface LivenessOptions {
  readonly clock: Clock
  /** The length of a round, in milliseconds. */
  readonly roundMs: number
  /** Silent rounds in a row after which the other end is asked for a sign of life, each time until it gives one. From 1. */
  readonly askedAfter: number
  /** Silent rounds in a row after which it counts as gone. More than `askedAfter`. */
  readonly goneAfter: number
  /** Asks the other end for a sign of life. */
  readonly ping: () => void
  /** Called once when the other end is gone. */
  readonly onSilent: () => void
}

/**
 * Notices that the other end of a connection is gone though nobody said goodbye: a pulled cable, a lost host, a firewall that forgot.
 * Looks once per round whether anything was heard in it. Rounds are *counted*, not measured: a process that was itself stopped or busy for a
 * minute finds one round over, reads what has come meanwhile, and goes on.
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
    const { askedAfter, goneAfter, ping, onSilent } = this.#options
    this.#silentRounds++
    if (this.#silentRounds >= goneAfter) return onSilent()
    if (this.#silentRounds >= askedAfter) ping()
    this.#timer = this.#nextRound()
  }
}
