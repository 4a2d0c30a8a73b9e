import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Clock, Timer } from '../../core/clock.ts'

/** A whole answer, as it came. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** What an Exchange needs. */
export interface ExchangeOptions {
  readonly clock: Clock
  /** The largest answer that is read. */
  readonly bytesMax: number
  /** So long after it was sent a request that nobody waits for any more is given time to be answered, in milliseconds. */
  readonly lingerMs: number
}

/** One request and its answer, read whole; undici calls it back. Lower than `undici.request`, for that makes streams of answers. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<HttpAnswer>
  /** Resolves when nothing of it is under way any more: later than the answer rejects, when it lingers. */
  readonly ended: Promise<void>
  readonly #settle: PromiseWithResolvers<HttpAnswer>
  readonly #end = Promise.withResolvers<void>()
  readonly #signal: AbortSignal
  readonly #options: ExchangeOptions
  #lingering: Timer | undefined
  /** Undefined before it was. */
  #sentAt: number | undefined
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #controller: Dispatcher.DispatchController | undefined

  /** Rejects with the signal's reason when that aborts, and when the body is larger than `bytesMax`. */
  constructor(signal: AbortSignal, options: ExchangeOptions) {
    this.#signal = signal
    this.#options = options
    this.#settle = Promise.withResolvers()
    this.ended = this.#end.promise
    this.answer = this.#settle.promise
    signal.addEventListener('abort', this.#abort, { once: true })
    if (signal.aborted) this.#abort()
  }

  /** How long ago it was sent, in milliseconds, if no answer has begun; 0 while it waits for a connection, and when one has. */
  get silentMs(): number {
    return this.#sentAt === undefined || this.#status > 0 ? 0 : this.#options.clock.now() - this.#sentAt
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#sentAt = this.#options.clock.now()
    if (this.#signal.aborted) this.#stop()
  }

  onResponseStart(_controller: unknown, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status
    this.#headers = headers
    if (this.#signal.aborted) this.#stop()
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    const { bytesMax } = this.#options
    if (this.#bytes > bytesMax) controller.abort(new Error(`The answer has more than ${bytesMax} bytes`))
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
    this.#settle.reject(this.#signal.reason)
    const { clock, lingerMs } = this.#options
    const isSilent = this.#sentAt !== undefined && this.#status === 0
    const leftMs = isSilent ? lingerMs - this.silentMs : 0
    if (leftMs > 0) this.#lingering = clock.schedule(leftMs, () => this.#stop())
    else this.#stop()
  }

  #stop(): void {
    const reason: unknown = this.#signal.reason
    this.#controller?.abort(reason instanceof Error ? reason : new Error('aborted', { cause: reason }))
  }

  #release(): void {
    this.#lingering?.cancel()
    this.#signal.removeEventListener('abort', this.#abort)
    this.#end.resolve()
  }
}
