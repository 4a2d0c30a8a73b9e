import type { Socket } from 'node:net'
import { Client as HttpConnection, type Dispatcher } from 'undici'

/** What a Connection is made of. */
export interface ConnectionOptions {
  /** Connected already, TLS and all. */
  socket: Socket
  /** What its requests carry as `Host`, as an http URL. */
  origin: string
  /** Makes the error of a request that could not be written because the connection was closed before. */
  lost: () => Error
  /** Called once, when the socket has closed. */
  onClose: () => void
}

/** How long the system waits on an idle connection before it asks whether the other side is still there. */
const KEEP_ALIVE_PROBE_MS = 60_000

/** A connection no request was ever written to is closed after this long; later the HTTP client sees to it itself. */
const UNUSED_MS = 4_000

/**
 * One socket that speaks HTTP/1.1, one request at a time. undici does the speaking; the socket is opened here and not there, so that a
 * request is handed over only when it can be written at once and can go elsewhere until then. It never reconnects.
 */
export class Connection {
  /** Whether the other side has announced to close it after the present answer. */
  isLast = false
  readonly #socket: Socket
  readonly #http: HttpConnection
  readonly #lost: () => Error
  #used = false
  #handedOver = false

  constructor({ socket, origin, lost, onClose }: ConnectionOptions) {
    this.#socket = socket
    this.#lost = lost
    socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS)
    socket.setTimeout(UNUSED_MS, () => socket.destroy())
    socket.on('error', () => undefined) // It closes after that, which is what counts.
    socket.once('close', onClose)
    this.#http = new HttpConnection(origin, {
      allowH2: false,
      headersTimeout: 0,
      connect: (_options, callback) => queueMicrotask(() => this.#handOver(callback)),
    })
  }

  /** Whether another request can be written to it. */
  get usable(): boolean {
    return !this.#socket.destroyed && !this.isLast
  }

  /** Writes a request. Call it only while no other is under way. */
  send(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#used = true
    this.#http.dispatch(options, handler)
  }

  /** Closes it when the request under way, if any, is done. */
  close(): void {
    if (this.#used) this.#http.close(() => undefined)
    else this.#socket.destroy()
  }

  /** Closes it at once; the request under way fails with `error`. */
  destroy(error: Error): void {
    this.#http.destroy(error, () => undefined)
    this.#socket.destroy()
  }

  /** undici asks for a socket before the first request, and again when it has lost that. */
  #handOver(callback: (...result: [null, Socket] | [Error, null]) => void): void {
    if (this.#handedOver || this.#socket.destroyed) return callback(this.#lost(), null)
    this.#handedOver = true
    this.#socket.setTimeout(0)
    callback(null, this.#socket)
  }
}
