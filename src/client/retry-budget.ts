import { type Clock, systemClock } from '../core/clock.ts'

/** How many retries are allowed. All fields have defaults. */
export interface RetryBudgetOptions {
  /** Retries per request. Default 0.2. */
  ratio?: number
  /** Retries per second beside that, so that callers with few requests may retry at all. Default 10. */
  perSecond?: number
  /** How far back requests and retries count, in milliseconds. Default 10,000. */
  windowMs?: number
  clock?: Clock
}

/** The window is counted in so many steps. */
const STEPS = 10

/**
 * Keeps retries a small part of the traffic, so that they cannot make an overload worse. With the requests and retries of the last
 * `windowMs`:
 *
 *     balance = ratio · requests + perSecond · windowMs/1000 − retries
 *
 * and a retry needs a balance of at least 1. The window moves in steps of a tenth of it.
 * @see Finagle, "Retry Budgets"
 */
export class RetryBudget {
  readonly #clock: Clock
  readonly #ratio: number
  readonly #reserve: number
  readonly #stepMs: number
  /** Requests × ratio − retries of each step; the place of a step is its number modulo STEPS. */
  readonly #steps: number[] = Array.from({ length: STEPS }, () => 0)
  #newest: number

  constructor({ ratio = 0.2, perSecond = 10, windowMs = 10_000, clock = systemClock }: RetryBudgetOptions = {}) {
    this.#clock = clock
    this.#ratio = ratio
    this.#reserve = (perSecond * windowMs) / 1000
    this.#stepMs = windowMs / STEPS
    this.#newest = Math.floor(clock.now() / this.#stepMs)
  }

  /** How many retries are allowed now; a fraction counts for nothing. */
  get balance(): number {
    this.#move()
    return this.#reserve + this.#steps.reduce((sum, step) => sum + step, 0)
  }

  /** A request is made. */
  deposit(): void {
    this.#add(this.#ratio)
  }

  /** Takes one retry if the balance allows it, and tells whether it did. */
  withdraw(): boolean {
    if (this.balance < 1) return false
    this.#add(-1)
    return true
  }

  #add(amount: number): void {
    this.#move()
    const place = this.#newest % STEPS
    this.#steps[place] = (this.#steps[place] as number) + amount
  }

  /** Forgets the steps that have left the window. */
  #move(): void {
    const now = Math.floor(this.#clock.now() / this.#stepMs)
    if (now === this.#newest) return
    const passed = Math.min(STEPS, now - this.#newest)
    for (let step = 1; step <= passed; step++) this.#steps[(now - passed + step) % STEPS] = 0
    this.#newest = now
  }
}
