import { type Dispatcher, errors } from 'undici'
import type { Clock } from '../core/clock.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import type { EjectionReason } from './ejections.ts'
import { AttemptTimeoutError, InstanceRefusedError, RequestTimeoutError, type ConnectionLostError } from './errors.ts'
import type { Timed } from './in-flight.ts'
import type { Peer } from './peer.ts'
import type { Settings } from './settings.ts'

/** Who looks after a Call: finds it an Instance, and another when one fails. */
export interface CallOwner {
  readonly serviceName: string
  readonly settings: Settings
  /** Sends `call` to an Instance with `sendTo`, now or when there is one; or lets it `fail`. */
  place(call: Call): void
  /** Puts `peer` aside. */
  eject(peer: Peer, reason: EjectionReason, error: Error): void
  /** `peer`, which is ejected, answers an attempt that began at `startedAt`. */
  recovered(peer: Peer, startedAt: number): void
  /** Whether there is an Instance that has not failed `call` yet, beside the one it is with. */
  hasUntried(call: Call): boolean
  /** Whether `call`, which was sent to `peer`, may be sent again: to one not yet tried, or to any. If so, that is counted. */
  grantRetry(call: Call, error: Error, where: 'untried' | 'any'): boolean
  /** `call` is over. */
  over(call: Call): void
}

/** Lost connections in a row after which an Instance counts as unreachable: it accepts connections only to close them. */
const LOST_MAX = 3

type RawHeaders = Exclude<Dispatcher.DispatchController['rawHeaders'], undefined>

/**
 * One request, from when it is made until it is answered or has failed for good: a series of attempts of which the caller sees only the
 * last. Towards the caller it is the controller of undici's dispatch protocol.
 */
export class Call implements AttemptOwner, Timed {
  place = -1
  rawHeaders: RawHeaders = null
  rawTrailers: RawHeaders = null
  readonly options: Dispatcher.DispatchOptions
  readonly handler: Dispatcher.DispatchHandler
  readonly clock: Clock
  readonly madeAt: number
  /** Attempts that were written to an Instance and failed. */
  failures = 0
  /** The Instances that failed it. */
  tried: Set<Peer> | undefined
  /** Why the last attempt failed. */
  lastError: Error | undefined
  /** How long it has waited for an Instance, in milliseconds. */
  waitedMs = 0
  /** Since when it waits, if it does. */
  waitingSince = 0
  readonly #owner: CallOwner
  #attempt: Attempt | undefined
  #lost = 0
  #isOver = false
  #aborted = false
  #reason: Error | null = null

  constructor(owner: CallOwner, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
    this.options = options
    this.handler = handler
    this.clock = owner.settings.clock
    this.madeAt = this.clock.now()
    this.#owner = owner
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** The Instance it was sent to last. */
  get peer(): Peer | undefined {
    return this.#attempt?.peer
  }

  get aborted(): boolean {
    return this.#aborted
  }

  get reason(): Error | null {
    return this.#reason
  }

  get paused(): boolean {
    return this.#attempt?.controller?.paused ?? false
  }

  /** Tells the caller that it has begun, and may be aborted from now on. */
  begin(): void {
    try {
      this.handler.onRequestStart?.(this, null)
    } catch (error) {
      this.fail(error as Error)
    }
  }

  sendTo(peer: Peer): void {
    this.#attempt = new Attempt(this, peer)
    this.#attempt.begin()
  }

  abort(reason: Error = new errors.RequestAbortedError()): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    this.fail(reason)
  }

  pause(): void {
    this.#attempt?.controller?.pause()
  }

  resume(): void {
    this.#attempt?.controller?.resume()
  }

  /** Ends it with `error`, wherever it is. */
  fail(error: Error): void {
    if (this.#isOver) return
    if (this.#attempt?.phase === 'sent') this.#givenUp(this.#attempt)
    this.#attempt?.abort(error)
    this.ended(error)
  }

  /** Does what its time demands: called now and then. */
  checkTime(now: number): void {
    const { requestTimeoutMs, attemptTimeoutMs } = this.#owner.settings
    const attempt = this.#attempt
    if (attempt?.phase === 'answered') return
    if (now - this.madeAt >= requestTimeoutMs) {
      const { serviceName } = this.#owner
      this.fail(new RequestTimeoutError(serviceName, requestTimeoutMs, { cause: this.lastError }))
    } else if (attempt && attempt.phase !== 'over' && now - attempt.startedAt >= attemptTimeoutMs) {
      this.#tooSlow(attempt)
    }
  }

  unsent(error?: ConnectionLostError): void {
    if (error === undefined || ++this.#lost < LOST_MAX) return this.#owner.place(this)
    this.#owner.eject(this.peer as Peer, 'disconnecting', error)
    this.unreachable(error)
  }

  unreachable(error: Error): void {
    this.#note(this.peer as Peer, error)
    this.#owner.place(this)
  }

  failed(error: Error): void {
    if (!this.#owner.grantRetry(this, error, 'any')) return this.ended(error)
    this.failures++
    this.#note(this.peer as Peer, error)
    this.#owner.place(this)
  }

  refused(): boolean {
    return this.#retryElsewhere(new InstanceRefusedError(this.peer?.instance.id ?? ''))
  }

  answered(): void {
    const attempt = this.#attempt
    if (attempt?.peer.ejected) this.#owner.recovered(attempt.peer, attempt.startedAt)
  }

  ended(error?: Error): void {
    this.#isOver = true
    this.#owner.over(this)
    if (error) this.#tell(error)
  }

  /** What goes wrong in the caller's handler is not to keep others from hearing of their requests. */
  #tell(error: Error): void {
    try {
      this.handler.onResponseError?.(this, error)
    } catch (failure) {
      queueMicrotask(() => {
        throw failure
      })
    }
  }

  #tooSlow(attempt: Attempt): void {
    const error = this.#holdSilenceAgainst(attempt)
    if (attempt.phase === 'sent') {
      this.#retryElsewhere(error)
    } else if (this.#owner.hasUntried(this)) {
      attempt.abort(error)
      this.unreachable(error)
    }
  }

  /** Callers may each give up before the time of an attempt is over: the silence of the Instance is then longer than that of any attempt. */
  #givenUp(attempt: Attempt): void {
    const { attemptTimeoutMs } = this.#owner.settings
    if (this.clock.now() - attempt.peer.silentSince >= attemptTimeoutMs) this.#holdSilenceAgainst(attempt)
  }

  /** Has an Instance put aside that answers nobody. What was asked before it was put aside says nothing of a probe. */
  #holdSilenceAgainst(attempt: Attempt): AttemptTimeoutError {
    const { peer } = attempt
    const error = new AttemptTimeoutError(peer.instance.id, this.#owner.settings.attemptTimeoutMs)
    if (attempt.isMetWithSilence && attempt.startedAt >= peer.ejectedAt) this.#owner.eject(peer, 'hanging', error)
    return error
  }

  /** Gives the present attempt up for one with another Instance, if that may be. Tells whether it did. */
  #retryElsewhere(error: Error): boolean {
    const attempt = this.#attempt as Attempt
    if (!this.#owner.grantRetry(this, error, 'untried')) return false
    this.failures++
    attempt.abort(error)
    this.#note(attempt.peer, error)
    this.#owner.place(this)
    return true
  }

  #note(peer: Peer, error: Error): void {
    this.lastError = error
    peer.lastError = error
    this.tried ??= new Set()
    this.tried.add(peer)
  }
}
