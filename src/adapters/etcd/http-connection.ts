import type { Socket } from 'node:net'
import { AnswerReader } from './answer-reader.ts'
import type { Exchange } from './exchange.ts'
import { openSocket } from './open-socket.ts'

/** What a HttpConnection is made of. */
export interface HttpConnectionOptions {
  readonly origin: string
  readonly tls: Readonly<Record<string, string>>
  /** The longest wait for the connection, and how long it is kept without a request, in milliseconds. */
  readonly connectMs: number
  readonly idleMs: number
  /** It can take another request. */
  readonly onIdle: (connection: HttpConnection) => void
  readonly onClose: (connection: HttpConnection) => void
}

/** One connection of HTTP/1.1, for one request at a time. Does not keep the process alive between requests. */
export class HttpConnection {
  readonly #options: HttpConnectionOptions
  readonly #socket: Socket
  #exchange: Exchange | undefined
  #reader = new AnswerReader()
  #text = ''

  constructor(options: HttpConnectionOptions) {
    const { origin, tls, connectMs, idleMs } = options
    this.#options = options
    this.#socket = openSocket({
      origin,
      tls,
      onBytes: bytes => this.#receive(bytes),
      onConnect: () => this.#socket.setTimeout(idleMs),
      onClose: error => this.#close(error),
    })
    this.#socket.setTimeout(connectMs)
    this.#socket.on('timeout', () => this.#expire())
  }

  /** Sends a request; only when there is none. When it is given up, so is the connection. */
  send(exchange: Exchange): void {
    this.#exchange = exchange
    exchange.onGivenUp = reason => this.close(reason)
    this.#socket.ref()
    this.#socket.write(exchange.request)
  }

  close(reason?: Error): void {
    this.#socket.destroy(reason)
  }

  #receive(bytes: Buffer): void {
    try {
      this.#text += this.#reader.take(bytes)
      if (!this.#exchange) throw new Error('an answer came that nobody asked for')
      if (this.#reader.done) this.#finish(this.#exchange)
    } catch (error) {
      this.close(error as Error)
    }
  }

  #finish(exchange: Exchange): void {
    const [{ status, keepsAlive }, text] = [this.#reader, this.#text]
    this.#exchange = undefined
    this.#reader = new AnswerReader()
    this.#text = ''
    exchange.resolve({ status, text })
    if (!keepsAlive) return this.close()
    this.#socket.unref()
    this.#options.onIdle(this)
  }

  /** Nothing has come for long. Of a request, that is the business of who made it. */
  #expire(): void {
    if (this.#socket.connecting) this.close(new Error(`no connection within ${this.#options.connectMs} ms`))
    else if (!this.#exchange) this.close()
  }

  #close(error: Error): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.#options.onClose(this)
    if (exchange?.settled === false) exchange.reject(error)
  }
}
