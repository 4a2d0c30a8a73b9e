import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { abortable, TimeLimit, type Abortable } from '../../core/abort.ts'
import { RegistryClosedError, RegistryUnavailableError } from '../../discovery/errors.ts'
import type { HelloMessage, InstanceKey } from '../../protocol/client-message.ts'
import { PROTOCOL_VERSION } from '../../protocol/protocol.ts'
import type {
  DeltaMessage,
  DeniedMessage,
  LostMessage,
  NamesMessage,
  SetMessage,
  WelcomeMessage,
} from '../../protocol/server-message.ts'
import { RegistryRefusedError } from './errors.ts'
import type { Outgoing } from './outbox.ts'
import { Requests, type Answer, type PendingRequest, type RequestBody } from './requests.ts'
import { SessionKeeper, type SessionKeeperOptions } from './session-keeper.ts'
import type { AfterWelcome } from './session.ts'

/** What the daemon tells without being asked each time. */
export type Push = LostMessage | DeniedMessage | SetMessage | DeltaMessage | NamesMessage

/** The user of a SessionClient: has what must outlive a connection, and hears what comes. */
export interface SessionUser {
  /** What this process holds or has asked for, as `hello` states it. */
  held(): readonly InstanceKey[]
  /** A connection is open, the first or another one, after the daemon could not be heard for `deafMs`: what was told with `post` has to be told again. */
  onOpen(welcome: WelcomeMessage, deafMs: number): void
  /** The connection that was open is lost. */
  onLost(): void
  /** The daemon lets nobody in with this token, for now. */
  onRefused(error: RegistryRefusedError): void
  onPush(message: Push): void
}

/** What a SessionClient is made of. */
export interface SessionClientOptions extends Omit<
  SessionKeeperOptions,
  'hello' | 'onOpen' | 'onMessage' | 'onLost' | 'onRefused'
> {
  /** Who this is, for people: shown by the daemon. */
  readonly clientName: string
  readonly user: SessionUser
  /** How long there may be no connection before requests fail at once, in milliseconds. */
  readonly outageMs: number
}

/** How to wait for an answer. */
export interface RequestOptions extends Abortable {
  /** The longest wait, in milliseconds. */
  readonly limitMs: number
  /** Whether to wait that long for a connection even when there has been none for longer than `outageMs`. */
  readonly patient?: boolean
  /** Called when the request was done, before any later message of the daemon is looked at. */
  readonly onDone?: (() => void) | undefined
}

/**
 * Speaks the session protocol (docs/reference/wire.md) for one process: requests with their answers over one session that outlives its
 * connections. It connects with the first use, resumes under the same session id, and sends again what was not answered. What the
 * messages are about is the business of its user.
 */
export class SessionClient {
  readonly #options: SessionClientOptions
  readonly #requests: Requests
  readonly #sessionId = randomUUID()
  readonly #keeper: SessionKeeper

  constructor(options: SessionClientOptions) {
    this.#options = options
    this.#requests = new Requests({ clock: options.clock, late: ({ waitMs }) => this.#unavailable(waitMs) })
    this.#keeper = new SessionKeeper({
      ...options,
      hello: () => this.#hello(),
      onOpen: (welcome, deafMs) => this.#resume(welcome, deafMs),
      onMessage: message => this.#receive(message),
      onLost: () => options.user.onLost(),
      onRefused: error => this.#refuse(error),
    })
  }

  /** Begins to connect; harmless when that was done. Throws `RegistryClosedError` after `close`. */
  start(): void {
    this.#keeper.start()
  }

  /**
   * Sends a request, now or with the next connection, and again with another one if it was not answered. Rejects with
   * `RegistryRefusedError`, with `RegistryUnavailableError` when there was no answer in time, with `RegistryClosedError`.
   */
  request(body: RequestBody, options: RequestOptions): Promise<Answer> {
    const { signal, onDone } = options
    try {
      signal?.throwIfAborted()
      this.start()
    } catch (error) {
      return Promise.reject(error)
    }
    const request = this.#requests.add(body, { waitMs: this.#waitMs(options), onDone })
    this.post(request.message)
    return signal ? this.#untilAborted(request, signal) : request.answer
  }

  /** Sends a message that nobody answers; drops it when there is no connection. */
  post(message: Outgoing): void {
    this.#keeper.session?.send(message)
  }

  /** Says goodbye, so that what this session holds ends now, and lets everything go. A second call joins the first. */
  async close(): Promise<void> {
    const closed = this.#keeper.close()
    this.#requests.fail(new RegistryClosedError())
    await closed
  }

  async #untilAborted(request: PendingRequest, signal: AbortSignal): Promise<Answer> {
    try {
      return await abortable(request.answer, signal)
    } finally {
      this.#requests.forget(request)
    }
  }

  #waitMs({ limitMs, patient = false }: RequestOptions): number {
    if (this.#keeper.session || patient) return limitMs
    return Math.min(limitMs, this.#options.outageMs - this.#keeper.outMs)
  }

  #unavailable(waitMs: number): RegistryUnavailableError | RegistryRefusedError {
    const error = new TimeLimit(waitMs)
    const cause = this.#keeper.session ? error : (this.#keeper.lastError ?? error)
    if (cause instanceof RegistryRefusedError) return cause
    return new RegistryUnavailableError(this.#options.registry, { cause })
  }

  #refuse(error: RegistryRefusedError): void {
    this.#requests.fail(error)
    this.#options.user.onRefused(error)
  }

  #hello(): HelloMessage {
    const { clientName, user } = this.#options
    const client = { name: clientName, pid: process.pid, host: hostname() }
    return { type: 'hello', protocol: PROTOCOL_VERSION, session: this.#sessionId, client, held: user.held() }
  }

  #resume(welcome: WelcomeMessage, deafMs: number): void {
    for (const message of this.#requests.messages()) this.post(message)
    this.#options.user.onOpen(welcome, deafMs)
  }

  #receive(message: AfterWelcome): void {
    switch (message.type) {
      case 'ok':
      case 'drained':
      case 'error':
        return this.#requests.settle(message)
      case 'lost':
      case 'denied':
      case 'set':
      case 'delta':
      case 'names':
        return this.#options.user.onPush(message)
    }
  }
}
