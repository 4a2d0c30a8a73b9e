import { setTimeout as sleep } from 'node:timers/promises'
import { moment } from './message.ts'

/** With so many requests unanswered it waits. */
const IN_FLIGHT_MAX = 100

/** How a load grows. */
export interface LoadRate {
  /** Requests per second, once it has grown. */
  readonly perSecond: number
  /** How long it takes to grow evenly from nothing to that, in milliseconds. */
  readonly rampMs: number
}

/**
 * When the request of that number (the first is 0) is due, in milliseconds after the start. With rate r and ramp R, n(t) = r·t²/2R requests
 * have been made by t < R, and r·(t − R/2) by any later t.
 */
export function dueAfterMs(number: number, { perSecond, rampMs }: LoadRate): number {
  const perMs = perSecond / 1_000
  const grown = (perMs * rampMs) / 2
  return number < grown ? Math.sqrt((2 * rampMs * number) / perMs) : number / perMs + rampMs / 2
}

/**
 * Asks at a steady rate, whether or not earlier requests have been answered, so that a stall cannot hide by slowing the asking down; only
 * at 100 unanswered does it wait. `ask` is told when its request was due, and never rejects.
 */
export class SteadyLoad {
  readonly #rate: LoadRate
  readonly #ask: (id: number, due: number) => Promise<void>
  readonly #inFlight = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #requests = 0
  #asking: Promise<void> | undefined

  constructor(rate: LoadRate, ask: (id: number, due: number) => Promise<void>) {
    this.#rate = rate
    this.#ask = ask
  }

  start(): void {
    this.#asking = this.#askSteadily(moment())
  }

  /** Asks no more, waits for the answers, and tells how many requests there were. */
  async stop(): Promise<number> {
    this.#stopping.abort()
    await this.#asking
    await Promise.all(this.#inFlight)
    return this.#requests
  }

  async #askSteadily(start: number): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const due = start + dueAfterMs(this.#requests, this.#rate)
      const waitMs = due - moment()
      if (waitMs > 0) await sleep(Math.max(1, waitMs))
      else if (this.#inFlight.size >= IN_FLIGHT_MAX) await Promise.race(this.#inFlight)
      else this.#begin(due)
    }
  }

  #begin(due: number): void {
    const asked = this.#ask(++this.#requests, due).finally(() => this.#inFlight.delete(asked))
    this.#inFlight.add(asked)
  }
}
