import type { IncomingMessage } from 'node:http'

/** What everybody may read of a request, however it came. */
export type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'>

/** A request with its body, however it came. */
export interface WholeRequest extends RequestHead {
  /** The whole body. Rejects with BodyTooLargeError, or with ClientGoneError if it ends early. */
  body(bodyBytesMax: number): Promise<Buffer>
  /** Calls `onGone` once if the client goes before it is answered, until the returned function is called. One listener at a time. */
  whenGone(onGone: () => void): () => void
}

/** The bytes of an answer, which can be sent to many. */
export interface AnswerBody {
  readonly bytes: Uint8Array
  /** The same bytes as a text of that encoding, which a small answer is sent as together with its head. */
  readonly latin1: string
}

/** An answer whose every byte is known. */
export interface WholeAnswer {
  readonly status: number
  /** Names and values in turn, the length of the body included. */
  readonly headers: readonly string[]
  readonly body: AnswerBody
}

/** Answers one request; undefined leaves it to the routes. What it throws, or rejects with, becomes the answer, see `answerError`. */
export type Answerer = (request: WholeRequest) => WholeAnswer | Promise<WholeAnswer> | undefined
