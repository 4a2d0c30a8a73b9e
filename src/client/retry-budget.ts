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

/** Whether a request fails without its retry, or may yet be answered. */
export type RetryUrgency = 'needed' | 'wished'

/** The window is counted in so many steps. */
const STEPS = 10

/**
 * Keeps retries a small part of the traffic, so that they cannot make an overload worse. With the requests and retries of the last
 * `windowMs`:
 *
 *     balance = ratio · requests + perSecond · windowMs/1000 − retries
 *
 * and a retry needs a balance of at least 1. Retries that are only wished for, because an Instance is slow or refused, leave half of
 * what there is before any retry (ratio · requests + perSecond · windowMs/1000) to those that are needed because a connection broke:
 * without those the caller fails, with a slow Instance it may yet be answered. The window moves in steps of a tenth of it.
 * @see Finagle, "Retry Budgets"
 */
export class RetryBudget {
  readonly #clock: Clock
  readonly #ratio: number
  readonly #reserve: number
  readonly #stepMs: number
  /** Of each step; its place is the number of the step modulo STEPS. */
  readonly #requests = new Uint32Array(STEPS)
  readonly #retries = new Uint32Array(STEPS)
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
    return this.#allowance - sum(this.#retries)
  }

  /** A request is made. */
  deposit(): void {
    this.#count(this.#requests)
  }

  /** Takes one retry if the balance allows it, and tells whether it did. */
  withdraw(urgency: RetryUrgency): boolean {
    const kept = urgency === 'wished' ? this.#allowance / 2 : 0
    if (this.balance - kept < 1) return false
    this.#count(this.#retries)
    return true
  }

  get #allowance(): number {
    return this.#ratio * sum(this.#requests) + this.#reserve
  }

  #count(steps: Uint32Array): void {
    this.#move()
    const place = this.#newest % STEPS
    steps[place] = (steps[place] as number) + 1
  }

  /** Forgets the steps that have left the window. */
  #move(): void {
    const now = Math.floor(this.#clock.now() / this.#stepMs)
    if (now === this.#newest) return
    for (let step = Math.max(this.#newest + 1, now - STEPS + 1); step <= now; step++) {
      this.#requests[step % STEPS] = 0
      this.#retries[step % STEPS] = 0
    }
    this.#newest = now
  }
}

function sum(steps: Uint32Array): number {
  return steps.reduce((total, count) => total + count, 0)
}
