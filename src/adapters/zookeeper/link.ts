import { abortable, type Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { Liveness } from '../../core/liveness.ts'
import type { Connection, ConnectionListener, Dial, ZookeeperServer } from './connection.ts'
import { ZookeeperAccessError, ZookeeperConnectionError, ZookeeperProtocolError } from './errors.ts'
import { JuteReader } from './jute-reader.ts'
import { JuteWriter } from './jute-writer.ts'
import { addWatch, authenticate, ping, removeWatches, type Operation, type WatchMode } from './operations.ts'
import { type Answer, PendingRequests } from './pending-requests.ts'
import type { Session } from './session.ts'
import { Watches, type WatchListener } from './watches.ts'

/** What a Link is made of. */
export interface LinkOptions {
  readonly clock: Clock
  readonly dial: Dial
  readonly server: ZookeeperServer
  /** What to take up: a session that was granted before, or one that is to be. */
  readonly session: Session
  /** How long the session shall live unheard of, in milliseconds; the server keeps that within limits of its own. */
  readonly sessionMs: number
  readonly credentials: Credentials | undefined
}

/** Who this process is, as ZooKeeper's scheme `digest` has it. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

/** The numbers of what is not a request. */
const XID_EVENT = -1
const XID_PING = -2
const XID_AUTHENTICATION = -4

/** The session is renewed every sixth of its timeout; a server that is silent for three of these leaves half of the timeout to find another. */
const ROUNDS = 6
const GONE_AFTER_ROUNDS = 4

/**
 * A connection to a server with a session taken up on it, until the connection's end; what comes after is another Link. Requests are answered
 * in the order they were made, and an event is told before any answer that shows what it tells of.
 */
export class Link implements ConnectionListener {
  readonly #options: LinkOptions
  readonly #writer = new JuteWriter()
  readonly #pending = new PendingRequests()
  readonly #watches = new Watches()
  /** The server's answers to the watches of the paths that are listened to. */
  readonly #added = new Map<string, Promise<unknown>>()
  readonly #granted = Promise.withResolvers<void>()
  readonly #lost = new AbortController()
  readonly #ended = Promise.withResolvers<Error>()
  #connection: Connection | undefined
  /** There once the session is taken up. */
  #liveness: Liveness | undefined
  #isFlushing = false

  private constructor(options: LinkOptions) {
    this.#options = options
    this.#granted.promise.catch(ignore)
  }

  /**
   * Connects and takes up the session. Rejects, with nothing left open: with `ZookeeperSessionExpiredError` when the session is over, with
   * whatever else went wrong, and with the signal's reason.
   */
  static async open(options: LinkOptions, signal: AbortSignal): Promise<Link> {
    const link = new Link(options)
    link.#connection = await options.dial({ server: options.server, listener: link, signal })
    link.#writer.frame(() => options.session.request(link.#writer, options.sessionMs))
    link.#flush()
    try {
      await abortable(link.#granted.promise, signal)
    } catch (error) {
      link.destroy(new ZookeeperConnectionError('the session was not taken up', { cause: error }))
      throw error
    }
    return link
  }

  get session(): Session {
    return this.#options.session
  }

  /** Aborts when the connection is over; its reason is a `ZookeeperConnectionError` or a `ZookeeperProtocolError`. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Resolves with the reason of `lost` when it aborts. */
  get ended(): Promise<Error> {
    return this.#ended.promise
  }

  /**
   * Asks for something. Rejects with `ZookeeperAccessError`, `ZookeeperRefusedError`, with the reason of `lost`, and with the signal's; what was
   * asked for may be done all the same in the last two cases.
   */
  async request<Result>(operation: Operation<Result>, { signal }: Abortable = {}): Promise<Answer<Result>> {
    signal?.throwIfAborted()
    this.lost.throwIfAborted()
    const { xid, answer } = this.#pending.add(operation)
    this.#send(xid, operation)
    return signal ? abortable(answer, signal) : answer
  }

  /**
   * Calls `listener` for what happens at `path` and to its children, from the moment this resolves until the returned function is called or
   * the connection ends. The node need not exist. All who watch one path must do so in the same mode.
   */
  async watch(path: string, mode: WatchMode, listener: WatchListener): Promise<() => void> {
    const isFirst = this.#watches.add(path, listener)
    const leave = () => {
      if (!this.#watches.remove(path, listener)) return
      this.#added.delete(path)
      if (!this.lost.aborted) this.request(removeWatches(path)).catch(ignore)
    }
    if (isFirst) this.#added.set(path, this.request(addWatch(path, mode)))
    try {
      await this.#added.get(path)
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }

  /** Ends the connection; the session lives on. */
  destroy(reason: Error): void {
    this.#connection?.destroy(reason)
  }

  onFrame(frame: Buffer): void {
    const reader = new JuteReader(frame)
    if (!this.#liveness) return this.#begin(reader)
    this.#liveness.heard()
    const xid = reader.int()
    if (xid === XID_PING) return
    if (xid === XID_EVENT) return this.#hear(reader)
    if (xid === XID_AUTHENTICATION) return requireAuthenticated(reader)
    this.#pending.settle(xid, reader)
  }

  onClose(reason: Error): void {
    this.#liveness?.stop()
    const isOurs = reason instanceof ZookeeperProtocolError || reason instanceof ZookeeperConnectionError
    const error = isOurs ? reason : new ZookeeperConnectionError(reason.message, { cause: reason })
    this.#granted.reject(error)
    this.#lost.abort(error)
    this.#pending.fail(error)
    this.#ended.resolve(error)
  }

  #begin(reader: JuteReader): void {
    const { session, clock, credentials } = this.#options
    try {
      session.grant(reader)
    } catch (error) {
      this.#granted.reject(error)
      throw error
    }
    this.#liveness = new Liveness({
      clock,
      roundMs: session.timeoutMs / ROUNDS,
      askedAfter: 1,
      goneAfter: GONE_AFTER_ROUNDS,
      ping: () => this.#send(XID_PING, ping),
      onSilent: () => this.destroy(new ZookeeperConnectionError('the server is silent')),
    })
    if (credentials) this.#send(XID_AUTHENTICATION, authenticate(credentials))
    this.#granted.resolve()
  }

  #hear(reader: JuteReader): void {
    // The rest of the header says nothing of an event.
    reader.skip(12)
    this.#watches.hear(reader)
  }

  #send(xid: number, operation: Operation<unknown>): void {
    const writer = this.#writer
    writer.frame(() => {
      writer.int(xid)
      writer.int(operation.opcode)
      operation.write(writer)
    })
    if (this.#isFlushing) return
    this.#isFlushing = true
    process.nextTick(() => this.#flush())
  }

  /** All that was said in one turn of the event loop goes at once. */
  #flush(): void {
    this.#isFlushing = false
    this.#connection?.send(this.#writer.take())
  }
}

function requireAuthenticated(reader: JuteReader): void {
  reader.skip(8)
  if (reader.int() !== 0) throw new ZookeeperAccessError('/')
}

function ignore(): void {}
