import type { Clock } from '../core/clock.ts'

const HALF_LIFE_MS = 60_000
const SUPPRESS_OVER = 3.5
const REUSE_UNDER = 1.5

/**
 * Keeps what comes and goes too often away until it has been steady. Every fall adds a penalty of 1, which decays with a half-life of
 * 60 s:
 *
 *     penalty(t) = penalty(t₀) · 2^(−(t − t₀)/60 s)
 *
 * Above 3.5, the fourth fall in quick succession, it is suppressed until the penalty is under 1.5, about a minute and a half later.
 * @see RFC 2439, "BGP Route Flap Damping"
 */
export class FlapDamping {
  readonly #clock: Clock
  #penalty = 0
  #at: number
  #suppressed = false

  constructor(clock: Clock) {
    this.#clock = clock
    this.#at = clock.now()
  }

  /** Whether it is to be kept away at this moment. */
  get suppressed(): boolean {
    this.#decay()
    if (this.#penalty > SUPPRESS_OVER) this.#suppressed = true
    if (this.#penalty < REUSE_UNDER) this.#suppressed = false
    return this.#suppressed
  }

  /** Notes that it fell. */
  fell(): void {
    this.#decay()
    this.#penalty += 1
  }

  #decay(): void {
    const now = this.#clock.now()
    this.#penalty *= 2 ** (-(now - this.#at) / HALF_LIFE_MS)
    this.#at = now
  }
}
