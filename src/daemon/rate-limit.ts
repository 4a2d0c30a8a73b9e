import type { Clock } from '../core/clock.ts'

/**
 * How often something may be done: so many times per second in the long run, and as many at once as in one second, at least one. A token bucket:
 * with r times per second, tokens = min(max(1, r), tokens + r·Δt), and each time takes one.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #perSecond: number
  #tokens: number
  #at: number

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#tokens = Math.max(1, perSecond)
    this.#at = clock.now()
  }

  /** Counts one time; false, and it is not counted, if there were too many. */
  take(): boolean {
    const now = this.#clock.now()
    const gained = ((now - this.#at) / 1000) * this.#perSecond
    this.#tokens = Math.min(Math.max(1, this.#perSecond), this.#tokens + gained)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
