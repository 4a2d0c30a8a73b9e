import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Clock } from '../../core/clock.ts'

/** A whole answer, as it came. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One request and its answer, read whole; undici calls it back. Lower than `undici.request`, for that makes streams of answers. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<HttpAnswer>
  readonly #settle: PromiseWithResolvers<HttpAnswer>
  readonly #signal: AbortSignal
  readonly #bytesMax: number
  readonly #clock: Clock
  /** Undefined before it was. */
  #sentAt: number | undefined
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #controller: Dispatcher.DispatchController | undefined

  /** Rejects with the signal's reason when that aborts, and when the body is larger than `bytesMax`. */
  constructor(signal: AbortSignal, { clock, bytesMax }: { clock: Clock; bytesMax: number }) {
    this.#signal = signal
    this.#bytesMax = bytesMax
    this.#clock = clock
    this.#settle = Promise.withResolvers()
    this.answer = this.#settle.promise
    signal.addEventListener('abort', this.#abort, { once: true })
    if (signal.aborted) this.#abort()
  }

  /** How long ago it was sent, in milliseconds, if no answer has begun; 0 while it waits for a connection, and when one has. */
  get silentMs(): number {
    return this.#sentAt === undefined || this.#status > 0 ? 0 : this.#clock.now() - this.#sentAt
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#sentAt = this.#clock.now()
    if (this.#signal.aborted) this.#abort()
  }

  onResponseStart(_controller: unknown, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#bytesMax) controller.abort(new Error(`The answer has more than ${this.#bytesMax} bytes`))
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#release()
    const [first] = this.#chunks
    const text = first && this.#chunks.length === 1 ? first.toString() : Buffer.concat(this.#chunks).toString()
    this.#settle.resolve({ status: this.#status, headers: this.#headers, text })
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#release()
    this.#settle.reject(error)
  }

  readonly #abort = () => {
    const reason: unknown = this.#signal.reason
    this.#settle.reject(reason)
    this.#controller?.abort(reason instanceof Error ? reason : new Error('aborted', { cause: reason }))
  }

  #release(): void {
    this.#signal.removeEventListener('abort', this.#abort)
  }
}
