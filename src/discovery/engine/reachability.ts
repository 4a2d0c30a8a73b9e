import type { Clock } from '../../core/clock.ts'
import { elapsedMs } from '../../core/elapsed.ts'
import { publish } from '../../core/event.ts'

/** Whether an engine can be reached, as everything that is asked of it shows; tells by events when that changes, once for all. */
export class Reachability {
  readonly #url: string
  readonly #clock: Clock
  /** Undefined before the first answer or failure. */
  #reached: boolean | undefined
  #changedAt: number

  constructor(url: string, clock: Clock) {
    this.#url = url
    this.#clock = clock
    this.#changedAt = clock.now()
  }

  /** The engine has answered. */
  answered(): void {
    if (this.#reached === true) return
    const outMs = elapsedMs(this.#clock, this.#changedAt)
    this.#change(true)
    const message = `Connected to the registry ${this.#url}`
    publish('registry', { level: 'info', event: 'registry.connected', message, registry: this.#url, outMs })
  }

  /** The engine has not, or what was open to it has ended. */
  failed(error: unknown): void {
    const [wasReached, isNews] = [this.#reached === true, this.#reached !== false]
    if (isNews) this.#change(false)
    const message = wasReached ? `Lost the registry ${this.#url}` : `No connection to the registry ${this.#url}`
    const event = wasReached ? 'registry.lost' : 'registry.unreachable'
    publish('registry', { level: isNews ? 'warn' : 'debug', event, message, registry: this.#url, error })
  }

  #change(reached: boolean): void {
    this.#reached = reached
    this.#changedAt = this.#clock.now()
  }
}
