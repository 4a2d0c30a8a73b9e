import { abortable, sleep, timeLimit } from '../../core/abort.ts'
import { backoffDelayMs } from '../../core/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import { elapsedMs } from '../../core/elapsed.ts'
import { publish } from '../../core/event.ts'
import type { Random } from '../../core/random.ts'
import { RegistryClosedError } from '../../discovery/errors.ts'
import type { HelloMessage } from '../../protocol/client-message.ts'
import type { WelcomeMessage } from '../../protocol/server-message.ts'
import type { Dial } from './connection.ts'
import { RegistryRefusedError, SessionEndedError } from './errors.ts'
import { Session, type AfterWelcome } from './session.ts'

/** What a SessionKeeper is made of. */
export interface SessionKeeperOptions {
  /** The registry as people write it, for events. */
  readonly registry: string
  readonly dial: Dial
  readonly clock: Clock
  readonly random: Random
  /** The longest wait for a connection and its welcome, in milliseconds. */
  readonly connectMs: number
  /** Made anew for every connection. */
  readonly hello: () => HelloMessage
  /** Called when a session is open, before any other message of it, with how long the daemon could not be heard since the one before, in milliseconds; 0 for the first. */
  readonly onOpen: (welcome: WelcomeMessage, deafMs: number) => void
  readonly onMessage: (message: AfterWelcome) => void
  /** Called when the session that was open is lost; not when it is left by `close`. */
  readonly onLost: () => void
  /** Called whenever the daemon refuses a session because of who asks for it. It is asked again all the same, for that can change. */
  readonly onRefused: (error: RegistryRefusedError) => void
}

/**
 * The waits before connecting again: soon, because a blip is the usual case; not all at once, because a restarted daemon has many; and
 * never longer than two thirds of the daemon's grace, or what is registered here would leave after every long outage.
 */
const RECONNECT = { delayMsMin: 50, delayMsMax: 2_000 }
const GRACE_SHARE = 2 / 3

/** A session that was open for this long, in milliseconds, was a good one: the waits start over. */
const STABLE_MS = 1_000

/** The longest wait for the daemon's answer to a goodbye, in milliseconds. */
const LEAVE_MS = 1_000

/**
 * Keeps a session open: dials, and dials again when a connection is lost or was refused, after waits with full jitter that grow from
 * 50 ms to 2 s, or to two thirds of the daemon's grace if that is less. Each connection is a Session of its own, so that nothing of an old one can touch the new.
 */
export class SessionKeeper {
  readonly #options: SessionKeeperOptions
  readonly #closing = new AbortController()
  #running: Promise<void> | undefined
  #session: Session | undefined
  /** When the session was opened or, while there is none, since when there is none. */
  #changedAt: number
  /** Until when the last session could hear the daemon; undefined before there was one. */
  #heardAt: number | undefined
  /** How many attempts in a row have led to no good session. */
  #failures = 0
  #lastError: unknown
  /** The longest wait before connecting again, as the daemon's grace demands. */
  #delayMsMax = RECONNECT.delayMsMax

  constructor(options: SessionKeeperOptions) {
    this.#options = options
    this.#changedAt = options.clock.now()
  }

  /** The session that is open just now. */
  get session(): Session | undefined {
    return this.#session
  }

  /** How long there has been no session, in milliseconds; 0 while there is one. */
  get outMs(): number {
    return this.#session ? 0 : this.#sinceChangeMs()
  }

  /** Why the last session, or attempt, came to its end. */
  get lastError(): unknown {
    return this.#lastError
  }

  /** Aborts when this is closed, with a `RegistryClosedError`. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Begins to dial; harmless when that was done. Throws `RegistryClosedError` after `close`. */
  start(): void {
    this.closing.throwIfAborted()
    if (this.#running) return
    this.#changedAt = this.#options.clock.now()
    this.#running = this.#run()
  }

  /** Says goodbye, so that what the session holds ends now, and dials no more. A second call joins the first. */
  async close(): Promise<void> {
    this.#closing.abort(new RegistryClosedError())
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options
    while (!this.closing.aborted) {
      await this.#connect()
      const delayMs = backoffDelayMs(this.#failures, random, { ...RECONNECT, delayMsMax: this.#delayMsMax })
      await sleep(clock, delayMs, { signal: this.closing }).catch(ignore)
    }
  }

  /** One connection, from dialling to its end. */
  async #connect(): Promise<void> {
    const session = this.#newSession()
    try {
      await this.#open(session)
      throw new SessionEndedError(await abortable(session.ended, this.closing))
    } catch (error) {
      if (this.closing.aborted) await this.#leave(session)
      else this.#end(session, error)
    }
  }

  #newSession(): Session {
    const { clock, hello, onMessage } = this.#options
    const session: Session = new Session({
      clock,
      hello: hello(),
      onMessage,
      onWelcome: welcome => this.#begin(session, welcome),
    })
    return session
  }

  async #open(session: Session): Promise<void> {
    const { clock, connectMs, dial } = this.#options
    using limit = timeLimit(clock, connectMs, { signal: this.closing })
    await session.open(dial, limit.signal)
  }

  async #leave(session: Session): Promise<void> {
    if (this.#session !== session) return
    this.#session = undefined
    using limit = timeLimit(this.#options.clock, LEAVE_MS)
    await session.leave(limit.signal)
  }

  #begin(session: Session, welcome: WelcomeMessage): void {
    if (this.closing.aborted) return
    const { registry, onOpen } = this.#options
    const outMs = this.#sinceChangeMs()
    this.#change(session)
    this.#delayMsMax = Math.min(RECONNECT.delayMsMax, GRACE_SHARE * welcome.graceMs)
    onOpen(welcome, this.#heardAt === undefined ? 0 : this.#changedAt - this.#heardAt)
    const facts = { registry, outMs, epoch: welcome.epoch, held: welcome.held.length }
    const message = `Connected to the registry ${registry}`
    publish('registry', { level: 'info', event: 'registry.connected', message, ...facts })
  }

  #end(session: Session, error: unknown): void {
    const { registry, onLost } = this.#options
    const wasOpen = this.#session !== undefined
    const isNews = !(this.#lastError instanceof RegistryRefusedError)
    this.#failures = wasOpen && this.#sinceChangeMs() >= STABLE_MS ? 0 : this.#failures + 1
    this.#lastError = error
    if (wasOpen) this.#heardAt = session.heardAt
    if (wasOpen) this.#change(undefined)
    if (wasOpen) onLost()
    if (error instanceof RegistryRefusedError) return this.#refused(error, isNews)
    const message = wasOpen ? `Lost the registry ${registry}` : `No connection to the registry ${registry}`
    const level = wasOpen || this.#failures === 1 ? 'warn' : 'debug'
    publish('registry', { level, event: wasOpen ? 'registry.lost' : 'registry.unreachable', message, registry, error })
  }

  /** Told once, for it does not mend itself. */
  #refused(error: RegistryRefusedError, isNews: boolean): void {
    const { registry, onRefused } = this.#options
    const message = `The registry ${registry} lets nobody in with this token; it is asked again, in case that changes`
    publish('registry', { level: isNews ? 'error' : 'debug', event: 'registry.refused', message, registry, error })
    onRefused(error)
  }

  #change(session: Session | undefined): void {
    this.#session = session
    this.#changedAt = this.#options.clock.now()
  }

  #sinceChangeMs(): number {
    return elapsedMs(this.#options.clock, this.#changedAt)
  }
}

function ignore(): void {}
