import type { AddressInfo, Server, Socket } from 'node:net'
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { publish } from '../core/event.ts'
import type { Endpoint } from './endpoint.ts'
import { formatEndpoint } from './parse-endpoint.ts'

/** How often the event loop may turn before a listener that is still being connected to closes all the same. */
const BACKLOG_TURNS_MAX = 1000

/** What gives a Listener its connections; for TLS they come after the handshake. Made by `listen`. */
export interface ListenerSource {
  readonly server: Server
  readonly endpoint: Endpoint
  /** `connection`, or `secureConnection`. */
  readonly event: string
  /** Called once, when the listener closes. */
  readonly onClose: () => void
  readonly reload: () => Promise<void>
}

/**
 * A bound socket. Until `accept` is called its connections are held, with what the clients sent; then they go, oldest first, to whoever
 * accepts. An accepted connection belongs to its taker; closing the listener does not touch it.
 */
export class Listener {
  /** Where it listens, with the real port. */
  readonly endpoint: Endpoint
  readonly #source: ListenerSource
  readonly #held = new Set<Socket>()
  #onConnection: ((socket: Socket) => void) | undefined
  #connections = 0
  #closed: Promise<void> | undefined

  constructor(source: ListenerSource) {
    const { server, endpoint, event } = source
    this.#source = source
    this.endpoint =
      endpoint.scheme === 'unix' ? endpoint : { ...endpoint, port: (server.address() as AddressInfo).port }
    server.on(event, (socket: Socket) => this.#receive(socket))
    server.on('error', error =>
      this.#tell('listener.error', `Accepting on ${this.url} failed: ${error.message}`, error),
    )
    server.on('drop', () => this.#tell('connection.refused', `${this.url} has as many connections as it may have`))
  }

  /**
   * The address for others, without options: `tcp://127.0.0.1:41234`, `tls://…`, `unix:/path` (absolute). Without `interface=` it is
   * `tcp://0.0.0.0:…`, although IPv6 is listened to as well where the machine has it.
   */
  get url(): string {
    const { endpoint } = this
    if (endpoint.scheme === 'unix') return formatEndpoint({ scheme: 'unix', path: resolve(endpoint.path) })
    const address = this.#source.server.address() as AddressInfo | null
    const host = endpoint.host === undefined ? '0.0.0.0' : (address?.address ?? endpoint.host)
    return formatEndpoint({ scheme: endpoint.scheme, host, port: endpoint.port })
  }

  /** Gives every connection, those held first, to `onConnection`. To be called once. */
  accept(onConnection: (socket: Socket) => void): void {
    if (this.#onConnection) throw new TypeError(`The connections of ${this.url} are accepted already`)
    this.#onConnection = onConnection
    for (const socket of this.#held) this.#release(socket)
  }

  /** Reads the certificate files again; new connections get the new ones. On failure the old ones stay. Nothing for other schemes. */
  reload(): Promise<void> {
    return this.#source.reload()
  }

  /**
   * Stops listening. Connections the kernel has already made are accepted first, so that none is reset; those nobody accepted are
   * destroyed. Resolves when the port is free. A second call joins the first.
   */
  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #close(): Promise<void> {
    await this.#emptyBacklog()
    this.#source.server.close()
    this.#source.onClose()
    for (const socket of this.#held) socket.destroy()
  }

  /** Node accepts one connection per turn of the event loop: a turn without one means that none was waiting. */
  async #emptyBacklog(): Promise<void> {
    for (let turn = 0; turn < BACKLOG_TURNS_MAX; turn++) {
      const before = this.#connections
      await setImmediate()
      await setImmediate()
      if (this.#connections === before) return
    }
  }

  #receive(socket: Socket): void {
    this.#connections++
    // It was one too many from its address.
    if (socket.destroyed) return
    if (this.#onConnection) this.#onConnection(socket)
    else this.#hold(socket)
  }

  #hold(socket: Socket): void {
    this.#held.add(socket)
    socket.on('error', ignore)
    socket.once('close', () => this.#held.delete(socket))
  }

  #release(socket: Socket): void {
    this.#held.delete(socket)
    socket.off('error', ignore)
    this.#onConnection?.(socket)
  }

  #tell(event: string, message: string, error?: Error): void {
    publish('endpoint', { level: 'warn', event, message, endpoint: this.url, ...(error && { error }) })
  }
}

/** The `close` that follows says all there is to say about a connection nobody has taken yet. */
function ignore(): void {}
