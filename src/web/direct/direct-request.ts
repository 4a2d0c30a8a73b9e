import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { BodyTooLargeError } from '../errors.ts'
import type { WholeRequest } from '../whole-request.ts'
import type { ParsedRequest } from './direct-parser.ts'

/** A request that came in one piece. */
export class DirectRequest implements WholeRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly socket: Socket
  readonly #body: Buffer
  #onGone: (() => void) | undefined

  constructor({ method, url, headers, body }: ParsedRequest, socket: Socket) {
    this.method = method
    this.url = url
    this.headers = headers
    this.socket = socket
    this.#body = body
  }

  body(bodyBytesMax: number): Promise<Buffer> {
    if (this.#body.length > bodyBytesMax) return Promise.reject(new BodyTooLargeError(bodyBytesMax))
    return Promise.resolve(this.#body)
  }

  whenGone(onGone: () => void): () => void {
    this.#onGone = onGone
    return () => void (this.#onGone = undefined)
  }

  /** The client is gone. */
  gone(): void {
    this.#onGone?.()
    this.#onGone = undefined
  }
}
