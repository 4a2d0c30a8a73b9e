import type { Dispatcher } from 'undici'
import { TimeLimit } from '../../core/abort.ts'
import type { Clock, Timer } from '../../core/clock.ts'

/** An answer is at most this long, in bytes: room for a page of 1,000 instances that are all at their limits. */
export const ANSWER_BYTES_MAX = 256 * 2 ** 20

/** What came back. */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** How long to wait. */
export interface ExchangeOptions {
  readonly clock: Clock
  readonly limitMs: number
  readonly signal: AbortSignal | undefined
}

/** One request of HTTP with its whole answer, as undici's dispatch tells of it: the least it can cost. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Rejects with the reason of the signal, a `TimeLimit`, or what undici says. */
  readonly answer: Promise<HttpAnswer>
  readonly #settle: PromiseWithResolvers<HttpAnswer>
  readonly #signal: AbortSignal | undefined
  readonly #limit: Timer
  #controller: Dispatcher.DispatchController | undefined
  #failure: Error | undefined
  #status = 0
  #chunks: Buffer[] = []
  #bytes = 0

  constructor({ clock, limitMs, signal }: ExchangeOptions) {
    this.#settle = Promise.withResolvers()
    this.answer = this.#settle.promise
    this.#signal = signal
    this.#limit = clock.schedule(limitMs, () => this.#fail(new TimeLimit(limitMs)))
    signal?.addEventListener('abort', this.#abort, { once: true })
    if (signal?.aborted) this.#abort()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#failure) controller.abort(this.#failure)
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > ANSWER_BYTES_MAX)
      return this.#fail(new RangeError(`The answer is longer than ${ANSWER_BYTES_MAX} bytes`))
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#end()
    const [first = Buffer.alloc(0), ...more] = this.#chunks
    const text = (more.length === 0 ? first : Buffer.concat(this.#chunks)).toString()
    this.#settle.resolve({ status: this.#status, text })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end()
    this.#settle.reject(this.#failure ?? error)
  }

  readonly #abort = (): void => this.#fail(this.#signal?.reason)

  /** Gives up: at once for whoever waits, and the connection as soon as it is known. */
  #fail(reason: Error): void {
    this.#end()
    this.#failure ??= reason
    this.#settle.reject(reason)
    this.#controller?.abort(reason)
  }

  #end(): void {
    this.#limit.cancel()
    this.#signal?.removeEventListener('abort', this.#abort)
  }
}
