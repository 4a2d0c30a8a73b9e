import { afterLimit } from '../core/after-limit.ts'
import type { Clock, Timer } from '../core/clock.ts'

/** Those who wait for something, each for a limited time; in the order in which they came. */
export class Waiters<T> {
  readonly #clock: Clock
  readonly #timers = new Map<T, Timer>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#timers.size
  }

  /** Lets `waiter` wait up to `limitMs`, which does not count what this process missed of it (see `afterLimit`); `onTimeout` is called, when it has left, if nobody took it by then. */
  add(waiter: T, limitMs: number, onTimeout: () => void): void {
    const timer = afterLimit(this.#clock, limitMs, () => {
      this.#timers.delete(waiter)
      onTimeout()
    })
    this.#timers.set(waiter, timer)
  }

  /** Takes `waiter` away. Harmless when it does not wait. */
  forget(waiter: T): void {
    this.#timers.get(waiter)?.cancel()
    this.#timers.delete(waiter)
  }

  /** Takes away up to `count` of them, the first that came first. */
  take(count: number): T[] {
    const taken = [...this.#timers.keys().take(count)]
    for (const waiter of taken) this.forget(waiter)
    return taken
  }
}
