import type {
  DrainMessage,
  RegisterMessage,
  RenewMessage,
  RevokeMessage,
  UpdateMessage,
} from '../../protocol/client-message.ts'
import type { DrainedMessage, ErrorMessage, OkMessage } from '../../protocol/server-message.ts'
import { RegistryRefusedError } from './errors.ts'

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

/** The requests that wait for their answers, in the order they were made. */
export class Requests {
  #lastSeq = 0
  readonly #pending = new Map<number, PendingRequest>()

  /**
   * Numbers a request. Its promise rejects with `RegistryRefusedError` when the daemon refuses; forget it when nobody waits any more.
   * `onDone` is called before any message that follows the answer is looked at.
   */
  add(body: RequestBody, onDone: (() => void) | undefined): PendingRequest {
    const request = new PendingRequest({ ...body, seq: ++this.#lastSeq }, onDone)
    this.#pending.set(request.message.seq, request)
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

  /** There will be no answers any more. */
  fail(error: Error): void {
    for (const request of this.#pending.values()) request.reject(error)
  }

  /** To be sent again on a new connection. */
  messages(): RequestMessage[] {
    return [...this.#pending.values()].map(request => request.message)
  }
}

/** One request and the way to its answer. */
export class PendingRequest {
  readonly message: RequestMessage
  /** To be waited for at once: nobody else sees to it when it rejects. */
  readonly answer: Promise<Answer>
  readonly #onDone: (() => void) | undefined
  #resolve!: (answer: Answer) => void
  #reject!: (error: Error) => void

  constructor(message: RequestMessage, onDone: (() => void) | undefined) {
    this.message = message
    this.#onDone = onDone
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  resolve(answer: Answer): void {
    this.#onDone?.()
    this.#resolve(answer)
  }

  reject(error: Error): void {
    this.#reject(error)
  }
}
