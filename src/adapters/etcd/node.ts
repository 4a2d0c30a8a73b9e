import type { Clock } from '../../core/clock.ts'
import { Exchange, type HttpAnswer } from './exchange.ts'
import { HttpPool } from './http-pool.ts'
import { NodeWatches } from './node-watches.ts'
import { type StreamListener, TwoWayStream } from './two-way-stream.ts'
import type { WatchAnswerListener } from './watch-answer.ts'

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
  /** JSON. */
  readonly body: string
  readonly limitMs: number
  readonly signal: AbortSignal | undefined
}

/** One node of etcd: a few connections of HTTP/1.1 for requests, opened when they are wanted, and one for each stream. */
export class EtcdNode {
  readonly origin: string
  readonly #host: string
  readonly #clock: Clock
  readonly #tls: Readonly<Record<string, string>>
  readonly #connectMs: number
  readonly #pool: HttpPool

  constructor({ origin, tls: { serverName, ...tls }, clock, connectMs }: EtcdNodeOptions) {
    this.origin = origin
    this.#host = new URL(origin).host
    this.#clock = clock
    this.#tls = { ...tls, ...(serverName !== undefined && { servername: serverName }) }
    this.#connectMs = connectMs
    this.#pool = new HttpPool({ origin, tls: this.#tls, connectMs })
  }

  /** Rejects with the signal's reason, a `TimeLimit`, or the error of the connection. */
  async request({ path, headers, body, limitMs, signal }: NodeRequest): Promise<HttpAnswer> {
    const request = `${this.#head(path, headers)}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    const exchange = new Exchange({ request, clock: this.#clock, limitMs, signal })
    this.#pool.send(exchange)
    try {
      return await exchange.answer
    } catch (error) {
      this.#pool.doubt(error)
      throw error
    }
  }

  /** Opens a stream; what goes wrong, the listener hears. */
  open(path: string, headers: Readonly<Record<string, string>>, listener: StreamListener): TwoWayStream {
    const [head, tls, connectMs, clock] = [this.#head(path, headers), this.#tls, this.#connectMs, this.#clock]
    return new TwoWayStream({ node: this.origin, head, tls, connectMs, clock, listener })
  }

  /** Opens a stream of watches; what goes wrong, the listener hears. */
  openWatches(headers: Readonly<Record<string, string>>, listener: WatchAnswerListener): NodeWatches {
    return new NodeWatches({
      node: this.origin,
      metadata: metadataOf(headers),
      tls: this.#tls,
      connectMs: this.#connectMs,
      clock: this.#clock,
      openGateway: (path, heard) => this.open(path, headers, heard),
      listener,
    })
  }

  /** Breaks off the requests that are under way. Streams are ended by those who opened them. */
  close(error: Error): void {
    this.#pool.close(error)
  }

  #head(path: string, headers: Readonly<Record<string, string>>): string {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    return `POST ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n${lines.join('')}`
  }
}

/** What goes with a call of gRPC where these headers go with a request of the gateway. */
function metadataOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { 'content-type': _, ...rest } = headers
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name.replace('grpc-metadata-', ''), value]))
}
