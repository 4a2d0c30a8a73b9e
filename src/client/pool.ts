import type { Socket } from 'node:net'
import type { Connection } from './connection.ts'

/** A request that wants a connection. */
export interface Passenger {
  /** Here is one: write to it now, and give it back with `release`. */
  board(connection: Connection): void
  /** The Instance takes no more requests: go to another. */
  moveOn(): void
  /** No connection can be made: go to another. */
  connectFailed(error: Error): void
}

/** What a Pool is made of. */
export interface PoolOptions {
  /** Opens a socket, or rejects; aborted when nobody wants it any more. */
  open: (signal: AbortSignal) => Promise<Socket>
  /** Makes a Connection of it, which calls `onClose` when it has closed. */
  wrap: (socket: Socket, onClose: (connection: Connection) => void) => Connection
  /** Makes the error of a request for which there is no more room in the queue. */
  overloaded: () => Error
  /** How many connections at most. */
  connectionsMax: number
  /** How many requests may wait for a connection. */
  queueMax: number
  /** Hears of every connection. */
  onConnect: () => void
  /** Hears of every failure to connect. */
  onConnectError: (error: Error) => void
}

/** How a Pool stands. */
export interface PoolState {
  readonly open: number
  readonly idle: number
  readonly connecting: number
  readonly waiting: number
}

/**
 * The connections to one Instance. A request gets the idle one that was used last, so that the others can fall asleep; if there is
 * none, it waits *here*, not in the HTTP client, and takes what comes first: a connection that is given back or one opened for it.
 * While it waits it can still go to another Instance.
 */
export class Pool {
  readonly #options: PoolOptions
  readonly #idle: Connection[] = []
  readonly #open = new Set<Connection>()
  readonly #connecting = new Set<AbortController>()
  readonly #waiting = new Set<Passenger>()
  #accepting = true

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Whether requests may be sent. */
  get accepting(): boolean {
    return this.#accepting
  }

  get state(): PoolState {
    return {
      open: this.#open.size,
      idle: this.#idle.length,
      connecting: this.#connecting.size,
      waiting: this.#waiting.size,
    }
  }

  /** Gets `passenger` a connection, at once or later. */
  send(passenger: Passenger): void {
    const connection = this.#takeIdle()
    if (connection === undefined) this.#wait(passenger)
    else passenger.board(connection)
  }

  /** Takes back one who waits and has given up. */
  forget(passenger: Passenger): void {
    this.#waiting.delete(passenger)
  }

  /** Takes a connection back after a request. */
  release(connection: Connection): void {
    if (!connection.usable) return
    if (!this.#accepting) return connection.close()
    const passenger = this.#firstWaiting()
    if (passenger === undefined) this.#idle.push(connection)
    else passenger.board(connection)
  }

  /** Sends nothing any more: who waits moves on, idle connections close at once, busy ones when their request is done. */
  retire(): void {
    this.#accepting = false
    for (const controller of this.#connecting) controller.abort()
    for (const connection of this.#idle.splice(0)) connection.close()
    for (const passenger of this.#takeWaiting()) passenger.moveOn()
  }

  /** Sends again, after `retire`. */
  revive(): void {
    this.#accepting = true
  }

  /** Retires and closes busy connections too; their requests fail with `error`. */
  destroy(error: Error): void {
    this.retire()
    for (const connection of this.#open) connection.destroy(error)
  }

  #takeIdle(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined || connection.usable) return connection
    }
  }

  #wait(passenger: Passenger): void {
    if (!this.#accepting) return passenger.moveOn()
    if (this.#waiting.size >= this.#options.queueMax) return passenger.connectFailed(this.#options.overloaded())
    this.#waiting.add(passenger)
    const { size } = this.#connecting
    if (size < this.#waiting.size && this.#open.size + size < this.#options.connectionsMax) void this.#connect()
  }

  async #connect(): Promise<void> {
    const controller = new AbortController()
    this.#connecting.add(controller)
    try {
      const socket = await this.#options.open(controller.signal)
      this.#connecting.delete(controller)
      if (controller.signal.aborted) socket.destroy()
      else this.#opened(socket)
    } catch (error) {
      this.#connecting.delete(controller)
      if (!controller.signal.aborted) this.#failed(error as Error)
    }
  }

  #opened(socket: Socket): void {
    const connection = this.#options.wrap(socket, closed => this.#closed(closed))
    this.#open.add(connection)
    this.release(connection)
    this.#options.onConnect()
  }

  /** One failure stands for all that wait: each goes to another Instance rather than find out for itself. */
  #failed(error: Error): void {
    this.#options.onConnectError(error)
    for (const passenger of this.#takeWaiting()) passenger.connectFailed(error)
  }

  #closed(connection: Connection): void {
    this.#open.delete(connection)
    const place = this.#idle.indexOf(connection)
    if (place >= 0) this.#idle.splice(place, 1)
    if (this.#waiting.size > this.#connecting.size) void this.#connect()
  }

  #firstWaiting(): Passenger | undefined {
    const passenger = this.#waiting.values().next().value
    if (passenger !== undefined) this.#waiting.delete(passenger)
    return passenger
  }

  #takeWaiting(): Passenger[] {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    return waiting
  }
}
