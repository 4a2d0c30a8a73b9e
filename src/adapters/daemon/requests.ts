import { afterLimit } from '../../core/after-limit.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type {
  DrainMessage,
  RegisterMessage,
  RenewMessage,
  RevokeMessage,
  UpdateMessage,
} from '../../protocol/client-message.ts'
import type { DrainedMessage, ErrorMessage, OkMessage } from '../../protocol/server-message.ts'
import { RegistryRefusedError } from './errors.ts'

/** Limits are looked at no more often than this, in milliseconds, however many requests there are: so late they may be. */
const LOOK_MS_MIN = 10

/** A message the daemon answers. Each may be sent twice: the second time changes nothing more. */
export type RequestMessage = RegisterMessage | UpdateMessage | DrainMessage | RevokeMessage | RenewMessage

/** A request that has no number yet. */
export type RequestBody = RequestMessage extends infer Message
  ? Message extends RequestMessage
    ? Omit<Message, 'seq'>
    : never
  : never

/** What the daemon answers when it does not refuse. */
export type Answer = OkMessage | DrainedMessage

/** How Requests are waited for. */
export interface RequestsInit {
  readonly clock: Clock
  /** What a request is rejected with that had no answer in time. */
  readonly late: (request: PendingRequest) => Error
}

/** How one request is waited for. */
export interface RequestWait {
  /** The longest wait, in milliseconds. */
  readonly waitMs: number
  /** Called when the request was done, before any message that follows the answer is looked at. */
  readonly onDone?: (() => void) | undefined
}

/**
 * The requests that wait for their answers, in the order they were made, each for a limited time. One timer serves all of them: it stays
 * when a request is answered, and looks for those whose time is over when it fires.
 */
export class Requests {
  readonly #init: RequestsInit
  #lastSeq = 0
  readonly #pending = new Map<number, PendingRequest>()
  #timer: Timer | undefined
  #timerAt = Infinity

  constructor(init: RequestsInit) {
    this.#init = init
  }

  /** Numbers a request. Its promise rejects with `RegistryRefusedError` when the daemon refuses; forget it when nobody waits any more. */
  add(body: RequestBody, wait: RequestWait): PendingRequest {
    const until = this.#init.clock.now() + wait.waitMs
    const request = new PendingRequest({ ...body, seq: ++this.#lastSeq }, { ...wait, until })
    this.#pending.set(request.message.seq, request)
    if (until < this.#timerAt) this.#lookIn(wait.waitMs)
    return request
  }

  /** The daemon has answered. Ignored when the request was forgotten. */
  settle(answer: Answer | ErrorMessage): void {
    const request = this.#pending.get(answer.seq)
    if (!request) return
    this.#pending.delete(answer.seq)
    if (answer.type === 'error') request.reject(new RegistryRefusedError(answer))
    else request.resolve(answer)
  }

  forget(request: PendingRequest): void {
    this.#pending.delete(request.message.seq)
  }

  /** None of them will have an answer any more. */
  fail(error: Error): void {
    this.#timer?.cancel()
    this.#timerAt = Infinity
    for (const request of this.#pending.values()) request.reject(error)
    this.#pending.clear()
  }

  /** To be sent again on a new connection. */
  messages(): RequestMessage[] {
    return [...this.#pending.values()].map(request => request.message)
  }

  #lookIn(delayMs: number): void {
    const { clock } = this.#init
    this.#timer?.cancel()
    this.#timerAt = clock.now() + delayMs
    this.#timer = afterLimit(clock, delayMs, () => this.#look())
  }

  #look(): void {
    const { clock, late } = this.#init
    const now = clock.now()
    this.#timerAt = Infinity
    let next = Infinity
    for (const request of this.#pending.values()) {
      // Timers of Node may fire a fraction of a millisecond early.
      if (request.until > now + 1) next = Math.min(next, request.until)
      else {
        this.forget(request)
        request.reject(late(request))
      }
    }
    if (next !== Infinity) this.#lookIn(Math.max(next - now, LOOK_MS_MIN))
  }
}

/** One request and the way to its answer. */
export class PendingRequest {
  readonly message: RequestMessage
  /** How long it may wait, in milliseconds, and until when that is on the clock. */
  readonly waitMs: number
  readonly until: number
  /** To be waited for at once: nobody else sees to it when it rejects. */
  readonly answer: Promise<Answer>
  readonly #onDone: (() => void) | undefined
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (error: Error) => void

  constructor(message: RequestMessage, { waitMs, until, onDone }: RequestWait & { readonly until: number }) {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.message = message
    this.waitMs = waitMs
    this.until = until
    this.answer = promise
    this.#onDone = onDone
    this.#resolve = resolve
    this.#reject = reject
  }

  resolve(answer: Answer): void {
    this.#onDone?.()
    this.#resolve(answer)
  }

  reject(error: Error): void {
    this.#reject(error)
  }
}
