import { TimeLimit } from '../../core/abort.ts'
import type { Exchange } from './exchange.ts'
import { HttpConnection } from './http-connection.ts'

/** So many requests can be under way at a node at once. One that is made alone opens one connection. */
const CONNECTIONS_MAX = 16

/** So many more can wait for a connection; then they are refused. */
const WAITING_MAX = 100_000

/** So long a connection is kept for another request, in milliseconds. */
const IDLE_MS = 60_000

/** What a HttpPool is made of. */
export interface HttpPoolOptions {
  readonly origin: string
  readonly tls: Readonly<Record<string, string>>
  readonly connectMs: number
}

/** A few connections to one server, opened when they are wanted. The one that was used last is used next, so that the others can be let go. */
export class HttpPool {
  readonly #options: HttpPoolOptions
  readonly #all = new Set<HttpConnection>()
  readonly #idle: HttpConnection[] = []
  readonly #waiting = new Set<Exchange>()

  constructor(options: HttpPoolOptions) {
    this.#options = options
  }

  send(exchange: Exchange): void {
    if (exchange.settled) return
    const idle = this.#idle.pop()
    if (idle) idle.send(exchange)
    else if (this.#all.size < CONNECTIONS_MAX) this.#open().send(exchange)
    else if (this.#waiting.size < WAITING_MAX) this.#wait(exchange)
    else exchange.reject(new RangeError(`${WAITING_MAX} requests wait for a connection to ${this.#options.origin}`))
  }

  /** A request had no answer in time: other connections that nobody uses just now may be dead as well. */
  doubt(reason: unknown): void {
    if (reason instanceof TimeLimit) for (const connection of this.#idle.splice(0)) connection.close()
  }

  /** Breaks everything off. */
  close(error: Error): void {
    for (const exchange of this.#waiting) exchange.reject(error)
    this.#waiting.clear()
    for (const connection of this.#all) connection.close(error)
  }

  #open(): HttpConnection {
    const connection = new HttpConnection({
      ...this.#options,
      idleMs: IDLE_MS,
      onIdle: idle => this.#use(idle),
      onClose: closed => this.#forget(closed),
    })
    this.#all.add(connection)
    return connection
  }

  #wait(exchange: Exchange): void {
    this.#waiting.add(exchange)
    exchange.onGivenUp = () => this.#waiting.delete(exchange)
  }

  #use(connection: HttpConnection): void {
    const [next] = this.#waiting
    if (!next) return void this.#idle.push(connection)
    this.#waiting.delete(next)
    connection.send(next)
  }

  #forget(connection: HttpConnection): void {
    this.#all.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    const [next] = this.#waiting
    if (!next) return
    this.#waiting.delete(next)
    this.send(next)
  }
}
