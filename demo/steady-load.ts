import { setTimeout as sleep } from 'node:timers/promises'
import { moment } from './message.ts'

/** With so many requests unanswered it waits. */
const IN_FLIGHT_MAX = 100

/**
 * Asks at a steady rate, whether or not earlier requests have been answered, so that a stall cannot hide by slowing the asking down; only
 * at 100 unanswered does it wait. `ask` is told when its request was due, and never rejects.
 */
export class SteadyLoad {
  readonly #perSecond: number
  readonly #ask: (id: number, due: number) => Promise<void>
  readonly #inFlight = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #requests = 0
  #asking: Promise<void> | undefined

  constructor(perSecond: number, ask: (id: number, due: number) => Promise<void>) {
    this.#perSecond = perSecond
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
      const due = start + (this.#requests * 1_000) / this.#perSecond
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
