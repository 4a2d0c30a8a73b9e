import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Clock } from '../core/clock.ts'
import type { Connection } from './connection.ts'
import { ConnectionLostError } from './errors.ts'
import type { Peer } from './peer.ts'
import type { Passenger, Pool } from './pool.ts'

/** Whose attempt it is: the controller towards the caller, whose handler gets the answer. */
export interface AttemptOwner extends Required<Dispatcher.DispatchController> {
  readonly clock: Clock
  readonly options: Dispatcher.DispatchOptions
  readonly handler: Dispatcher.DispatchHandler
  /** Nothing was sent: the Instance turned away from new work, or (with an error) the connection was closed before. */
  unsent(error?: ConnectionLostError): void
  /** Nothing was sent: no connection could be made. */
  unreachable(error: Error): void
  /** It was sent, and failed before an answer began. */
  failed(error: Error): void
  /** The Instance refuses it and means another: whether it goes there, in which case this attempt is aborted by then. */
  refused(): boolean
  /** The answer is complete, or (with an error) it broke off or could not be asked for at all. */
  ended(error?: Error): void
  /** The answer begins. */
  answered(): void
}

/**
 * Where an attempt is: it waits for a connection; it is with the HTTP client but not written yet; it is written; its answer has begun
 * and was passed on, so that there is no way back; it is over.
 */
export type AttemptPhase = 'connecting' | 'dispatched' | 'sent' | 'answered' | 'over'

/** What a request is turned away with at the last moment, when its Instance takes no more. */
const TURNED_AWAY = new Error('The instance takes no more requests')

/**
 * One request sent to one Instance: what undici calls the handler. Until it is written it can be taken back at any moment, and once its
 * Instance takes no more requests it will not be written. Its owner hears exactly once how it ended, unless it aborted the attempt.
 */
export class Attempt implements Dispatcher.DispatchHandler, Passenger {
  readonly peer: Peer
  readonly startedAt: number
  readonly #owner: AttemptOwner
  readonly #pool: Pool
  readonly #answersBefore: number
  #phase: AttemptPhase = 'connecting'
  #latencyMs = 0
  #connection: Connection | undefined
  #controller: Dispatcher.DispatchController | undefined

  constructor(owner: AttemptOwner, peer: Peer) {
    this.peer = peer
    this.startedAt = owner.clock.now()
    this.#owner = owner
    this.#pool = peer.pool
    this.#answersBefore = peer.answers
  }

  get phase(): AttemptPhase {
    return this.#phase
  }

  /** Whether the Instance has begun no answer to anybody since this began. */
  get isMetWithSilence(): boolean {
    return this.peer.answers === this.#answersBefore
  }

  /** What the caller pauses and resumes, once it is written. */
  get controller(): Dispatcher.DispatchController | undefined {
    return this.#controller
  }

  begin(): void {
    this.peer.begin()
    this.#pool.send(this)
  }

  /** Ends it without a word to its owner. Harmless when it is over. */
  abort(error: Error): void {
    const phase = this.#phase
    if (phase === 'over') return
    if (phase === 'connecting') this.#pool.forget(this)
    this.#finish(phase === 'sent' ? 'failed' : phase === 'answered' ? 'answered' : 'unsent')
    this.#controller?.abort(error)
  }

  board(connection: Connection): void {
    this.#phase = 'dispatched'
    this.#connection = connection
    connection.send(this.#owner.options, this)
  }

  moveOn(): void {
    this.#finish('unsent')
    this.#owner.unsent()
  }

  connectFailed(error: Error): void {
    this.#finish('failed')
    this.#owner.unreachable(error)
  }

  /** Throwing here is the last moment to keep a request from being written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#phase === 'over' || !this.#pool.accepting) throw TURNED_AWAY
    this.#controller = controller
    this.#phase = 'sent'
    this.peer.sent()
  }

  onRequestSent(): void {
    this.#owner.handler.onRequestSent?.()
  }

  onBodySent(chunk: Buffer): void {
    this.#owner.handler.onBodySent?.(chunk)
  }

  onResponseStarted(): void {
    this.#owner.handler.onResponseStarted?.()
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    ...[headers, statusText]: [IncomingHttpHeaders, string?]
  ): void {
    if (statusCode === 503 && headers['retry-after'] === '0' && this.#owner.refused()) return
    if (statusCode >= 200) this.#answered(headers)
    this.#owner.rawHeaders = controller.rawHeaders ?? null
    this.#owner.handler.onResponseStart?.(this.#owner, statusCode, headers, statusText)
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    ...[headers, socket]: [IncomingHttpHeaders, Duplex]
  ): void {
    this.#answered(headers)
    this.#connection = undefined // It belongs to the caller now.
    socket.once('close', () => this.#complete())
    this.#owner.rawHeaders = controller.rawHeaders ?? null
    this.#owner.handler.onRequestUpgrade?.(this.#owner, statusCode, headers, socket)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#owner.handler.onResponseData?.(this.#owner, chunk)
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#owner.rawTrailers = controller.rawTrailers ?? null
    this.#complete()
    this.#owner.handler.onResponseEnd?.(this.#owner, trailers)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const phase = this.#phase
    if (phase !== 'over') this.#finish(phase === 'dispatched' ? 'unsent' : 'failed')
    this.#giveBack()
    if (phase === 'dispatched') this.#notWritten(error)
    else if (phase === 'sent') this.#owner.failed(error)
    else if (phase === 'answered') this.#owner.ended(error)
  }

  #answered(headers: IncomingHttpHeaders): void {
    this.#phase = 'answered'
    const now = this.#owner.clock.now()
    this.#latencyMs = now - this.startedAt
    if (this.#connection && (headers.connection === 'close' || this.#owner.options.method === 'HEAD')) {
      this.#connection.isLast = true
    }
    this.peer.answered(now)
    this.#owner.answered()
  }

  #complete(): void {
    this.#finish('answered')
    this.#giveBack()
    this.#owner.ended()
  }

  /** The HTTP client had it, but could not write it or was kept from it. */
  #notWritten(error: Error): void {
    if (error === TURNED_AWAY) this.#owner.unsent()
    else if (error instanceof ConnectionLostError) this.#owner.unsent(error)
    else this.#owner.ended(error)
  }

  /** Tells the Instance's counts. */
  #finish(outcome: 'answered' | 'failed' | 'unsent'): void {
    if (this.#phase === 'sent') this.peer.settled()
    this.#phase = 'over'
    if (outcome === 'unsent') this.peer.cancel()
    else if (outcome === 'answered') this.peer.end(this.#latencyMs, false)
    else this.peer.end(this.#owner.clock.now() - this.startedAt, true)
  }

  /** One that was aborted before it was written keeps its connection until the HTTP client lets go of it. */
  #giveBack(): void {
    const connection = this.#connection
    if (connection === undefined) return
    this.#connection = undefined
    this.#pool.release(connection)
  }
}
