import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sleep } from '../core/abort.ts'
import { systemClock, type Clock } from '../core/clock.ts'

/** Where a TcpRelay passes connections on to. */
export interface TcpRelayTarget {
  port: number
  /** Default 127.0.0.1. */
  host?: string
}

/**
 * A bad network on one machine: relays TCP connections to a target and does to them what networks do. Faults apply to both directions,
 * to connections open now and later, and can be set at any moment; `heal()` takes them back (what was reset stays reset).
 */
export class TcpRelay implements AsyncDisposable {
  readonly host = '127.0.0.1'
  /** Where connections are passed on to; a change is for new ones. */
  target: TcpRelayTarget
  /** Every piece of data waits this long before it is passed on, in milliseconds. */
  delayMs = 0
  /** Data goes in pieces of at most this many bytes, each in a turn of the event loop of its own. */
  pieceBytesMax = Number.POSITIVE_INFINITY
  readonly #server: Server
  readonly #clock: Clock
  readonly #connections = new Set<Relayed>()
  readonly #closing = new AbortController()
  #refusing = false
  #paused: PromiseWithResolvers<void> | undefined

  private constructor(target: TcpRelayTarget, clock: Clock) {
    this.target = target
    this.#clock = clock
    this.#server = createServer({ allowHalfOpen: true }, client => this.#accept(client))
  }

  /** Listens on a free port of 127.0.0.1, and relays without a fault at first. */
  static async listen(target: TcpRelayTarget, { clock = systemClock }: { clock?: Clock } = {}): Promise<TcpRelay> {
    const relay = new TcpRelay(target, clock)
    relay.#server.listen(0, relay.host)
    await once(relay.#server, 'listening')
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** How many connections from clients are open. */
  get connections(): number {
    return this.#connections.size
  }

  /** Resets every open connection, on both sides, as when a firewall forgets them. New ones are relayed. */
  cut(): void {
    for (const { client, server } of this.#connections) {
      reset(client)
      reset(server)
    }
  }

  /** Cuts, and resets new connections until `heal()`: a host that is up while its program is not. */
  refuse(): void {
    this.#refusing = true
    this.cut()
  }

  /** Lets nothing pass, not even the end of a connection, until `heal()`: a network that drops every packet. Nothing is lost. */
  pause(): void {
    this.#paused ??= Promise.withResolvers()
  }

  /**
   * Resets the target's side of every open connection while the client's side stays open and hears nothing more, as when the target's
   * host lost its power. What the client still sends is thrown away. New connections are relayed.
   */
  halfOpen(): void {
    for (const connection of this.#connections) {
      connection.severed = true
      reset(connection.server)
    }
  }

  /** Sends data one byte at a time, the worst that a network may do to a parser. */
  trickle(): void {
    this.pieceBytesMax = 1
  }

  /** Takes every fault back. */
  heal(): void {
    this.#refusing = false
    this.delayMs = 0
    this.pieceBytesMax = Number.POSITIVE_INFINITY
    this.#paused?.resolve()
    this.#paused = undefined
  }

  /** Stops listening and resets what is open. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#closing.abort()
    this.cut()
    this.heal()
    await closed
  }

  #accept(client: Socket): void {
    client.on('error', ignore)
    if (this.#refusing) return reset(client)
    const { port, host = this.host } = this.target
    const server = connect({ port, host, allowHalfOpen: true, noDelay: true })
    server.on('error', ignore)
    client.setNoDelay()
    const connection: Relayed = { client, server, severed: false }
    this.#connections.add(connection)
    client.on('close', () => this.#connections.delete(connection))
    void this.#relay(connection, { from: client, to: server })
    void this.#relay(connection, { from: server, to: client })
  }

  /** Passes one direction on until its end, which is passed on too; a reset becomes a reset. */
  async #relay(connection: Relayed, { from, to }: { from: Socket; to: Socket }): Promise<void> {
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        for (const piece of this.#pieces(chunk as Buffer)) await this.#pass(connection, () => write(to, piece))
      }
      await this.#pass(connection, () => void to.end())
    } catch {
      if (!connection.severed) reset(to)
    }
  }

  *#pieces(chunk: Buffer): Generator<Buffer> {
    for (let at = 0; at < chunk.length;) {
      const end = Math.min(chunk.length, at + this.pieceBytesMax)
      yield chunk.subarray(at, end)
      at = end
    }
  }

  /** Does what is to be done once the faults let it through. */
  async #pass(connection: Relayed, action: () => void | Promise<void>): Promise<void> {
    if (this.delayMs > 0) await sleep(this.#clock, this.delayMs, { signal: this.#closing.signal })
    if (this.pieceBytesMax < Number.POSITIVE_INFINITY) await nextTurn()
    while (this.#paused) await this.#paused.promise
    if (!connection.severed) await action()
  }
}

interface Relayed {
  readonly client: Socket
  readonly server: Socket
  /** Whether the target's side is gone without the client knowing. */
  severed: boolean
}

const ignore = () => {}

/**
 * Resets a connection; one that is being ended is only destroyed. Node 26 cannot reset such a socket: it stays open, and spins at the exit
 * of the process.
 */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}

/** Resolves when the system has taken the data; rejects when the socket is gone. */
async function write(socket: Socket, data: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.write(data, error => (error ? reject(error) : resolve()))
  await promise
}
