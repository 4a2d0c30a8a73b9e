import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { TimeLimit } from '../../core/abort.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { EtcdNodeError } from './errors.ts'
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
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
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

const BUFFER_BYTES = 64 * 1_024

/**
 * A request of HTTP/1.1 that is written and answered at the same time, on a connection of its own. The gateway speaks its streams so:
 * one message of JSON per line, both ways.
 *
 * etcd's HTTP server begins an answer only in a moment when nobody waits for more of the request, and something waits all the time but
 * right after data has come. So, until the answer begins, there is a little white space now and then; after that, never again.
 *
 * It reads from the socket into one buffer, past Node's streams and past undici: an event of a watch costs two thirds of what it would cost there.
 */
export class TwoWayStream implements OutgoingStream {
  readonly #options: TwoWayStreamOptions
  readonly #socket: Socket
  readonly #answer = new StreamAnswer()
  #timer: Timer
  #ended = false

  constructor(options: TwoWayStreamOptions) {
    const { node, clock, connectMs } = options
    this.#options = options
    this.#socket = this.#connect(new URL(node))
    this.#timer = clock.schedule(connectMs, () => this.#fail(new TimeLimit(connectMs)))
    this.#socket.setNoDelay(true)
    this.#socket.setKeepAlive(true)
    this.#socket.on('error', error => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('it closed the connection')))
    this.#socket.once(node.startsWith('https:') ? 'secureConnect' : 'connect', () => this.#nudgeIn(NUDGE_MS))
    this.#socket.write(this.#head(new URL(node)))
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

  #connect({ protocol, hostname, port }: URL): Socket {
    const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
    const callback = (bytes: number): boolean => {
      this.#receive(buffer.subarray(0, bytes))
      return true
    }
    const host = hostname.replace(/^\[(.*)\]$/, '$1')
    const place = { host, port: Number(port), onread: { buffer, callback } }
    if (protocol !== 'https:') return connectTcp(place)
    // A name that is an address is not one to tell a server by.
    const servername = /[^\d.]/.test(host) && !host.includes(':') ? { servername: host } : {}
    return connectTls({ ...place, ...servername, ...this.#options.tls })
  }

  #head({ host }: URL): string {
    const { path, headers } = this.#options
    const lines = Object.entries({ host, ...headers, 'content-length': `${REQUEST_BYTES}` })
    return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  }

  #receive(bytes: Buffer): void {
    if (this.#ended) return
    const isFirst = this.#answer.status === 0
    try {
      const lines = this.#answer.take(bytes)
      if (isFirst && this.#answer.status > 0) this.#timer.cancel()
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
