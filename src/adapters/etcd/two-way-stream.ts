import { Readable } from 'node:stream'
import { Client, type Dispatcher } from 'undici'
import type { Clock, Timer } from '../../core/clock.ts'
import { EtcdNodeError } from './errors.ts'
import { ANSWER_BYTES_MAX } from './exchange.ts'

/** Who hears what a stream brings. */
export interface StreamListener {
  /** Whole messages, each a line of JSON, as they came together. */
  onText(lines: string): void
  /** The stream is over, once: nothing follows. */
  onEnd(error: Error): void
}

/** The way out of a stream. */
export interface OutgoingStream {
  /** Sends messages. Those of a stream that has ended go nowhere. */
  write(text: string): void
  /** Closes the connection and tells the listener why, unless the stream has ended. */
  end(error: Error): void
}

/** Opens a stream of the gateway at the node that is used. */
export type OpenStream = (path: string, listener: StreamListener) => Promise<OutgoingStream>

/** What a TwoWayStream is made of. */
export interface TwoWayStreamOptions {
  /** The node, as its URL's origin. */
  readonly node: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly client: Client.Options
  readonly clock: Clock
  readonly listener: StreamListener
}

/**
 * The length the request is said to have. Never reached: what counts is that it is longer than the 256 KiB which etcd's HTTP server
 * would otherwise read, and wait for, before it begins to answer.
 */
const REQUEST_BYTES = '1000000000000'

/** The first wait for the answer to begin, in milliseconds; it doubles each time. */
const NUDGE_MS = 1
const NUDGE_MS_MAX = 100

/**
 * A request of HTTP/1.1 that is written and answered at the same time, on a connection of its own. The gateway speaks its streams so:
 * one message of JSON per line, both ways.
 *
 * etcd's HTTP server begins an answer only in a moment when nobody waits for more of the request, and something waits all the time but
 * right after data has come. So, until the answer begins, there is a little white space now and then; after that, never again.
 */
export class TwoWayStream implements OutgoingStream, Dispatcher.DispatchHandler {
  readonly #options: TwoWayStreamOptions
  readonly #client: Client
  readonly #request = new Readable({ read: () => {} })
  /** What has come of a line that is not complete. */
  #rest: Buffer[] = []
  #restBytes = 0
  #status = 0
  #nudge: Timer | undefined
  #ended = false

  constructor(options: TwoWayStreamOptions) {
    const { node, path, headers, client } = options
    this.#options = options
    this.#client = new Client(node, client)
    this.#request.on('error', () => {})
    const length = { 'content-length': REQUEST_BYTES }
    this.#client.dispatch({ path, method: 'POST', headers: { ...headers, ...length }, body: this.#request }, this)
    this.#nudgeIn(NUDGE_MS)
  }

  write(text: string): void {
    if (!this.#ended) this.#request.push(text)
  }

  end(error: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#nudge?.cancel()
    void this.#disconnect(error)
    this.#options.listener.onEnd(error)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#ended) controller.abort(new Error('The stream has ended'))
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#nudge?.cancel()
    this.#status = status
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return
    if (this.#status !== 200) return this.#fail(`HTTP status ${this.#status}: ${chunk.toString()}`)
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (end > 0) this.#options.listener.onText(this.#complete(chunk.subarray(0, end)))
    if (end < chunk.length) this.#keep(chunk.subarray(end))
  }

  onResponseEnd(): void {
    this.#fail(`it ended the stream with HTTP status ${this.#status}`)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error.message, error)
  }

  async #disconnect(error: Error): Promise<void> {
    await this.#client.destroy(error)
  }

  #complete(chunk: Buffer): string {
    if (this.#restBytes === 0) return chunk.toString()
    const whole = Buffer.concat([...this.#rest, chunk])
    this.#rest = []
    this.#restBytes = 0
    return whole.toString()
  }

  #keep(chunk: Buffer): void {
    this.#restBytes += chunk.length
    this.#rest.push(chunk)
    if (this.#restBytes > ANSWER_BYTES_MAX) this.#fail(`a message is longer than ${ANSWER_BYTES_MAX} bytes`)
  }

  #fail(problem: string, cause?: Error): void {
    this.end(new EtcdNodeError(this.#options.node, problem, { cause }))
  }

  #nudgeIn(delayMs: number): void {
    this.#nudge = this.#options.clock.schedule(delayMs, () => {
      this.#request.push('\n')
      this.#nudgeIn(Math.min(NUDGE_MS_MAX, delayMs * 2))
    })
  }
}

const NEWLINE = 10

/** The messages in whole lines of JSON. */
export function messagesIn<T>(lines: string): T[] {
  return lines
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as T)
}
