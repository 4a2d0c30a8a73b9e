import type { Clock, Timer } from '../core/clock.ts'

/** What is sorted. */
export interface Warmable {
  /** Whether an Instance is given less because it is new. */
  readonly isWarming: boolean
  sort(): void
}

/** What a Warming is made of. */
export interface WarmingOptions {
  candidates: Warmable
  /** How often to sort, in milliseconds. */
  stepMs: number
  clock: Clock
}

/** Sorts a service's candidates now and then while an Instance is in slow start, so that its share grows. */
export class Warming {
  readonly #options: WarmingOptions
  #timer: Timer | undefined

  constructor(options: WarmingOptions) {
    this.#options = options
  }

  /** They were sorted: call it each time. Waits for nothing when none is warming. */
  sorted(): void {
    const { candidates, stepMs, clock } = this.#options
    if (candidates.isWarming) {
      this.#timer ??= clock.schedule(stepMs, () => this.#step())
    } else {
      this.#timer?.cancel()
      this.#timer = undefined
    }
  }

  #step(): void {
    this.#timer = undefined
    this.#options.candidates.sort()
    this.sorted()
  }
}
