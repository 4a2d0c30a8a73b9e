import { abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { RopewalkError } from '../../core/error.ts'
import { Liveness } from '../../core/liveness.ts'
import type { HelloMessage } from '../../protocol/client-message.ts'
import { decodeServerFrame } from '../../protocol/decode-server-frame.ts'
import { ProtocolError } from '../../protocol/errors.ts'
import type { ServerMessage, WelcomeMessage } from '../../protocol/server-message.ts'
import type { Connection, ConnectionEnd, ConnectionListener, Dial } from './connection.ts'
import { SessionEndedError } from './errors.ts'
import { Outbox, type Outgoing } from './outbox.ts'

/** Everything a daemon says but its welcome. */
export type AfterWelcome = Exclude<ServerMessage, WelcomeMessage>

/** What a session needs to come about. */
export interface SessionOptions {
  readonly clock: Clock
  readonly hello: HelloMessage
  /** Called at once when the daemon has welcomed this session, before any other message. */
  readonly onWelcome: (welcome: WelcomeMessage) => void
  /** Called for every other message, in order. */
  readonly onMessage: (message: AfterWelcome) => void
}

/** What the daemon's wish for pings is kept within, in milliseconds. */
const ROUND_MS_MIN = 100
const ROUND_MS_MAX = 60_000

/** A session on one connection: from `hello` to the connection's end. What comes after is another Session. */
export class Session implements ConnectionListener {
  readonly #options: SessionOptions
  readonly #outbox = new Outbox(frame => this.#connection?.send(frame))
  readonly #welcomed = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<ConnectionEnd>()
  #connection: Connection | undefined
  #liveness: Liveness | undefined
  /** When the other end was last known to be there. */
  #heardAt = 0
  /** What this side ended the connection for. */
  #failure: string | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#welcomed.promise.catch(ignore)
  }

  /** Resolves when the connection is over; never rejects. */
  get ended(): Promise<ConnectionEnd> {
    return this.#ended.promise
  }

  /** Until when the other end was there, as far as is known: until it was last heard if it fell silent, else until the connection ended. */
  get heardAt(): number {
    return this.#heardAt
  }

  /** Dials and says hello. Resolves when the daemon has said welcome; rejects, with nothing left open, when it has not. */
  async open(dial: Dial, signal: AbortSignal): Promise<void> {
    this.#connection = await dial(this, { signal })
    this.send(this.#options.hello)
    this.#outbox.flush()
    try {
      await abortable(this.#welcomed.promise, signal)
    } catch (error) {
      this.#connection.destroy()
      throw error
    }
  }

  /** Sends in order; what is sent in one turn of the event loop goes in one frame. */
  send(message: Outgoing): void {
    this.#outbox.push(message)
  }

  /** Revokes what this session holds and leaves. Resolves when the daemon has agreed; destroys the connection when `signal` aborts. */
  async leave(signal: AbortSignal): Promise<void> {
    this.send({ type: 'bye' })
    this.#outbox.flush()
    await abortable(this.ended, signal).catch(ignore)
    this.#connection?.destroy()
  }

  onFrame(frame: string): void {
    this.onAlive()
    try {
      for (const message of decodeServerFrame(frame)) this.#receive(message)
    } catch (error) {
      if (!(error instanceof RopewalkError)) throw error
      this.#fail(error.message)
    }
  }

  onAlive(): void {
    this.#heardAt = this.#options.clock.now()
    this.#liveness?.heard()
  }

  onClose({ code, reason }: ConnectionEnd): void {
    this.#liveness?.stop()
    if (this.#failure === undefined) this.#heardAt = this.#options.clock.now()
    const end = { code, reason: this.#failure ?? reason }
    this.#welcomed.reject(new SessionEndedError(end))
    this.#ended.resolve(end)
  }

  #receive(message: ServerMessage): void {
    if ((message.type === 'welcome') === (this.#liveness !== undefined)) {
      throw new ProtocolError(`"${message.type}" out of turn`)
    }
    if (message.type !== 'welcome') return this.#options.onMessage(message)
    this.#liveness = this.#watchOver(message.pingMs)
    this.#welcomed.resolve()
    this.#options.onWelcome(message)
  }

  #watchOver(pingMs: number): Liveness {
    return new Liveness({
      clock: this.#options.clock,
      roundMs: Math.min(ROUND_MS_MAX, Math.max(ROUND_MS_MIN, pingMs)),
      askedAfter: 2,
      goneAfter: 3,
      ping: () => this.#connection?.ping(),
      onSilent: () => this.#fail('the other end has been silent for too long'),
    })
  }

  #fail(reason: string): void {
    this.#failure ??= reason
    this.#connection?.destroy()
  }
}

function ignore(): void {}
