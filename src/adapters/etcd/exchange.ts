import { TimeLimit } from '../../core/abort.ts'
import { afterLimit } from '../../core/after-limit.ts'
import type { Clock, Timer } from '../../core/clock.ts'

/** What came back; `text` in Latin-1: what etcd says of keys is ASCII, but not what it says for people. */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** A request and how long to wait for its answer. */
export interface ExchangeOptions {
  /** Head and body, as they are sent. */
  readonly request: string
  readonly clock: Clock
  readonly limitMs: number
  readonly signal: AbortSignal | undefined
}

/** One request with its answer, wherever it stands: waiting for a connection, or for the answer. */
export class Exchange {
  readonly request: string
  /** Rejects with the reason of the signal, a `TimeLimit`, or the error of the connection. */
  readonly answer: Promise<HttpAnswer>
  /** Called when it is given up. */
  onGivenUp: (reason: Error) => void = () => {}
  readonly #settle = Promise.withResolvers<HttpAnswer>()
  readonly #signal: AbortSignal | undefined
  readonly #limit: Timer
  #settled = false

  constructor({ request, clock, limitMs, signal }: ExchangeOptions) {
    this.request = request
    this.answer = this.#settle.promise
    this.#signal = signal
    this.#limit = afterLimit(clock, limitMs, () => this.#giveUp(new TimeLimit(limitMs)))
    signal?.addEventListener('abort', this.#abort, { once: true })
    if (signal?.aborted) this.#abort()
  }

  /** Whether nobody waits for the answer any more. */
  get settled(): boolean {
    return this.#settled
  }

  resolve(answer: HttpAnswer): void {
    this.#end()
    this.#settle.resolve(answer)
  }

  reject(error: Error): void {
    this.#end()
    this.#settle.reject(error)
  }

  readonly #abort = (): void => this.#giveUp(this.#signal?.reason)

  #giveUp(reason: Error): void {
    if (this.#settled) return
    this.reject(reason)
    this.onGivenUp(reason)
  }

  #end(): void {
    this.#settled = true
    this.#limit.cancel()
    this.#signal?.removeEventListener('abort', this.#abort)
  }
}
