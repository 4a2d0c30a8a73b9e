import type { Socket } from 'node:net'
import { TimeLimit } from '../../core/abort.ts'
import { afterLimit } from '../../core/after-limit.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { EtcdNodeError } from './errors.ts'
import { openSocket } from './open-socket.ts'
import { StreamAnswer } from './stream-answer.ts'

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
  /** What the request begins with, up to the headers. */
  readonly head: string
  /** Options of `tls.connect`, for a node that speaks it. */
  readonly tls: Readonly<Record<string, string>>
  readonly connectMs: number
  readonly clock: Clock
  readonly listener: StreamListener
}

/**
 * The length the request is said to have. Never reached: what counts is that it is longer than the 256 KiB which etcd's HTTP server
 * would otherwise read, and wait for, before it begins to answer.
 */
const REQUEST_BYTES = 1_000_000_000_000

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
export class TwoWayStream implements OutgoingStream {
  readonly #options: TwoWayStreamOptions
  readonly #socket: Socket
  readonly #answer = new StreamAnswer()
  #timer: Timer
  #ended = false

  constructor(options: TwoWayStreamOptions) {
    const { node, head, tls, clock, connectMs } = options
    this.#options = options
    this.#timer = afterLimit(clock, connectMs, () => this.#fail(new TimeLimit(connectMs)))
    this.#socket = openSocket({
      origin: node,
      tls,
      onBytes: bytes => this.#receive(bytes),
      onConnect: () => this.#nudgeIn(NUDGE_MS),
      onClose: error => this.#fail(error),
    })
    this.#socket.write(`${head}content-length: ${REQUEST_BYTES}\r\n\r\n`)
  }

  write(text: string): void {
    if (!this.#ended) this.#socket.write(text)
  }

  end(error: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#timer.cancel()
    this.#socket.destroy()
    this.#options.listener.onEnd(error)
  }

  #receive(bytes: Buffer): void {
    if (this.#ended) return
    try {
      const lines = this.#answer.take(bytes)
      if (this.#answer.begun) this.#timer.cancel()
      if (lines !== '') this.#options.listener.onText(lines)
    } catch (error) {
      this.#fail(error as Error)
    }
    if (this.#answer.ended) this.#fail(new Error('it ended the stream'))
  }

  #fail(cause: Error): void {
    this.end(new EtcdNodeError(this.#options.node, cause.message, { cause }))
  }

  #nudgeIn(delayMs: number): void {
    if (this.#ended) return
    this.#timer.cancel()
    this.#timer = this.#options.clock.schedule(delayMs, () => {
      this.#socket.write('\n')
      this.#nudgeIn(Math.min(NUDGE_MS_MAX, delayMs * 2))
    })
  }
}

/** The messages in whole lines of JSON. */
export function messagesIn<T>(lines: string): T[] {
  const end = lines.length - 1
  // Most often there is one.
  if (lines.indexOf('\n') === end) return [JSON.parse(lines) as T]
  return lines
    .slice(0, end)
    .split('\n')
    .map(line => JSON.parse(line) as T)
}
