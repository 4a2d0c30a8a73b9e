import { Pool } from 'undici'
import type { Clock } from '../../core/clock.ts'
import { Exchange, type HttpAnswer } from './exchange.ts'
import { type StreamListener, TwoWayStream } from './two-way-stream.ts'

/** How to be sure of an etcd that speaks TLS, and how it can be sure of us: the contents of PEM files. */
export interface EtcdTls {
  /** The authorities to trust. Default: those Node trusts. */
  readonly ca?: string
  /** Our own certificate with its key, where etcd wants one. */
  readonly cert?: string
  readonly key?: string
  /** The name the certificates of the nodes must have. Default: the host that is connected to. */
  readonly serverName?: string
}

/** What an EtcdNode is made of. */
export interface EtcdNodeOptions {
  /** The origin of its URL: `http://10.0.0.1:2379`. */
  readonly origin: string
  readonly tls: EtcdTls
  readonly clock: Clock
  /** The longest wait for a connection, in milliseconds. */
  readonly connectMs: number
}

/** A request and how long to wait for its answer. */
export interface NodeRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly limitMs: number
  readonly signal: AbortSignal | undefined
}

/** So many requests can be under way at a node at once; the others wait. One that is made alone opens one connection. */
const CONNECTIONS_MAX = 16

/** So long a connection is kept for another request, in milliseconds. */
const IDLE_MS = 60_000

/** One node of etcd by HTTP/1.1: a few connections for requests, opened when they are wanted, and one for each stream. */
export class EtcdNode {
  readonly origin: string
  readonly #clock: Clock
  readonly #tls: Readonly<Record<string, string>>
  readonly #connectMs: number
  readonly #pool: Pool

  constructor({ origin, tls: { serverName, ...tls }, clock, connectMs }: EtcdNodeOptions) {
    this.origin = origin
    this.#clock = clock
    this.#tls = { ...tls, ...(serverName !== undefined && { servername: serverName }) }
    this.#connectMs = connectMs
    this.#pool = new Pool(origin, {
      connections: CONNECTIONS_MAX,
      connect: { ...this.#tls, timeout: connectMs },
      allowH2: false,
      keepAliveTimeout: IDLE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  /** Rejects with the signal's reason, a `TimeLimit`, or the error of the connection. */
  async request({ path, headers, body, limitMs, signal }: NodeRequest): Promise<HttpAnswer> {
    const exchange = new Exchange({ clock: this.#clock, limitMs, signal })
    this.#pool.dispatch({ path, method: 'POST', headers, body }, exchange)
    return exchange.answer
  }

  /** Opens a stream; what goes wrong, the listener hears. */
  open(path: string, headers: Readonly<Record<string, string>>, listener: StreamListener): TwoWayStream {
    const [node, tls, connectMs, clock] = [this.origin, this.#tls, this.#connectMs, this.#clock]
    return new TwoWayStream({ node, path, headers, tls, connectMs, clock, listener })
  }

  /** Breaks off the requests that are under way. Streams are ended by those who opened them. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}
