import { abortable, sleep, timeLimit, type Abortable } from '../../core/abort.ts'
import { backoffDelayMs } from '../../core/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { Dial, ZookeeperServer } from './connection.ts'
import { ZookeeperConnectionError, ZookeeperSessionExpiredError } from './errors.ts'
import { type Credentials, Link } from './link.ts'
import { closeSession } from './operations.ts'
import { Session } from './session.ts'

/** What a ZookeeperClient is made of. */
export interface ZookeeperClientOptions {
  readonly servers: readonly ZookeeperServer[]
  readonly credentials: Credentials | undefined
  /** How long the session shall live without a sign of this process, in milliseconds. */
  readonly sessionMs: number
  /** The longest wait for one server, in milliseconds. */
  readonly connectMs: number
  readonly dial: Dial
  readonly clock: Clock
  readonly random: Random
  /** Hears how it goes. */
  readonly observer: ClientObserver
}

/** Hears of connections. */
export interface ClientObserver {
  /** A session was taken up at a server: a new one, or the one before. */
  onLink(link: Link, server: ZookeeperServer): void
  /** A connection has ended, or a server could not be reached. */
  onLoss(error: Error, server: ZookeeperServer): void
}

/** The waits between rounds in which no server could be reached. */
const RETRY = { delayMsMin: 50, delayMsMax: 2_000 }

/** A connection that held for this long, in milliseconds, was a good one: the waits start over. */
const STABLE_MS = 1_000

/** The part of the session's timeout that one server is waited for at most, so that others can be tried within it. */
const CONNECT_SHARE = 1 / 3

/**
 * Keeps one session with an ensemble for one process: connects with the first use, in an order of its own; when a connection is lost, takes the same
 * session up at the next server, which within its timeout costs nothing that lives by it; when the ensemble has ended the session, begins
 * another. Knows nothing of what it is used for.
 */
export class ZookeeperClient {
  readonly #options: ZookeeperClientOptions
  readonly #servers: readonly ZookeeperServer[]
  readonly #closing = new AbortController()
  #session: Session
  #sessionMs: number
  /** The least timeout that the ensemble is known to grant. */
  #sessionMsMin = 0
  #link: Link | undefined
  /** Settles with the next Link, or when a round over all servers has led to none. */
  #next = newOutcome()
  #running: Promise<void> | undefined
  #at = 0
  #failures = 0

  constructor(options: ZookeeperClientOptions) {
    this.#options = options
    this.#sessionMs = options.sessionMs
    this.#session = new Session(options.sessionMs)
    this.#servers = shuffled(options.servers, options.random)
  }

  /**
   * The connection that is open, or the next one. Rejects when no server could be reached in the round that is under way or next, with why the
   * last one could not; with the signal's reason; and with that of `close`.
   */
  async link({ signal }: Abortable = {}): Promise<Link> {
    this.#closing.signal.throwIfAborted()
    this.#running ??= this.#run()
    return this.#link ?? abortable(this.#next.promise, signal)
  }

  /**
   * Has the session live no longer than `sessionMs` without a sign of this process: one that is shorter than any before is told to the ensemble by
   * taking the session up anew, if it may be granted.
   */
  shorten(sessionMs: number): void {
    if (sessionMs >= this.#sessionMs) return
    this.#sessionMs = sessionMs
    const granted = this.#link?.session.timeoutMs ?? 0
    if (granted > Math.max(sessionMs, this.#sessionMsMin))
      this.#link?.destroy(new ZookeeperConnectionError('the session gets a shorter timeout'))
  }

  /** Ends the session, and with it all that lives by it, or lets it lapse when the signal aborts first. Later uses reject with `reason`. */
  async close(reason: Error, { signal }: Abortable = {}): Promise<void> {
    const link = this.#link
    this.#closing.abort(reason)
    await link?.request(closeSession, { signal }).catch(ignore)
    link?.destroy(new ZookeeperConnectionError('it was closed by this process'))
    await this.#running
  }

  async #run(): Promise<void> {
    const closing = this.#closing.signal
    while (!closing.aborted) {
      const failed = await this.#round()
      if (closing.aborted) break
      if (failed) this.#conclude(failed)
      const delayMs = failed ? backoffDelayMs(this.#failures++, this.#options.random, RETRY) : 0
      await sleep(this.#options.clock, delayMs, { signal: closing }).catch(ignore)
    }
    this.#conclude(closing.reason as Error)
  }

  /** Tries each server once, until one has served for a while; resolves with the last error if none has. */
  async #round(): Promise<Error | undefined> {
    let last: Error | undefined
    for (let tried = 0; tried < this.#servers.length && !this.#closing.signal.aborted; tried++) {
      const server = this.#servers[this.#at++ % this.#servers.length] as ZookeeperServer
      const { error, heldMs } = await this.#serve(server)
      const isRefused = error instanceof ZookeeperSessionExpiredError
      const isOver = isRefused && this.#session.id !== 0n
      if (isRefused) this.#session = new Session(this.#sessionMs)
      // Whoever says that the session is over is a good server to begin another one with.
      if (isOver) this.#at--
      if (heldMs >= STABLE_MS) this.#failures = 0
      if (isOver || heldMs >= STABLE_MS) return undefined
      last = error
    }
    return last
  }

  /** One connection from its beginning to its end. */
  async #serve(server: ZookeeperServer): Promise<{ error: Error; heldMs: number }> {
    const { clock, observer } = this.#options
    let since: number | undefined
    try {
      const link = await this.#open(server)
      since = clock.now()
      this.#begin(link, server)
      throw await link.ended
    } catch (thrown) {
      const error = thrown as Error
      this.#link = undefined
      if (!this.#closing.signal.aborted) observer.onLoss(error, server)
      return { error, heldMs: since === undefined ? -1 : clock.now() - since }
    }
  }

  async #open(server: ZookeeperServer): Promise<Link> {
    const { clock, dial, credentials, connectMs } = this.#options
    const limitMs = Math.min(connectMs, this.#session.timeoutMs * CONNECT_SHARE)
    using limit = timeLimit(clock, limitMs, { signal: this.#closing.signal })
    const options = { clock, dial, server, session: this.#session, sessionMs: this.#sessionMs, credentials }
    return await Link.open(options, limit.signal)
  }

  #begin(link: Link, server: ZookeeperServer): void {
    const granted = link.session.timeoutMs
    if (granted > this.#sessionMs) this.#sessionMsMin = granted
    if (this.#closing.signal.aborted) return link.destroy(new ZookeeperConnectionError('it was closed by this process'))
    this.#link = link
    this.#options.observer.onLink(link, server)
    this.#next.resolve(link)
    this.#next = newOutcome()
  }

  /** Tells those who wait that there is no connection. */
  #conclude(error: Error): void {
    this.#next.reject(error)
    this.#next = newOutcome()
  }
}

function newOutcome(): PromiseWithResolvers<Link> {
  const outcome = Promise.withResolvers<Link>()
  outcome.promise.catch(ignore)
  return outcome
}

/** Evenly shuffled (Fisher and Yates), so that many clients spread over the servers. */
function shuffled<T>(values: readonly T[], random: Random): T[] {
  const result = [...values]
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(random.next() * (at + 1))
    ;[result[at], result[other]] = [result[other] as T, result[at] as T]
  }
  return result
}

function ignore(): void {}
