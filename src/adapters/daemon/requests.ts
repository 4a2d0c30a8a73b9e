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
    const seq = ++this.#lastSeq
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    promise.catch(ignore)
    const done = (answer: Answer) => {
      onDone?.()
      resolve(answer)
    }
    const request = { message: { ...body, seq }, answer: promise, resolve: done, reject }
    this.#pending.set(seq, request)
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
export interface PendingRequest {
  readonly message: RequestMessage
  readonly answer: Promise<Answer>
  resolve(answer: Answer): void
  reject(error: Error): void
}

function ignore(): void {}
