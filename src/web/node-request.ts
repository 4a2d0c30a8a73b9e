import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ByteBudget } from '../core/byte-budget.ts'
import { readBody } from './body.ts'
import { endWith } from './end-with.ts'
import type { WholeAnswer, WholeRequest } from './whole-request.ts'

/** How many bytes of bodies that are not whole are kept for all requests together, but for the first 16 KiB of each: who sends one has not always shown a right to. */
const RECEIVING = new ByteBudget(128 * 1024 * 1024)

/** A request that came by `node:http`. */
export class NodeRequest implements WholeRequest {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request
    this.#response = response
  }

  get method(): string | undefined {
    return this.#request.method
  }

  get url(): string | undefined {
    return this.#request.url
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers
  }

  get socket(): Socket {
    return this.#request.socket
  }

  async body(bodyBytesMax: number): Promise<Buffer> {
    return readBody(this.#request, { bodyBytesMax, budget: RECEIVING })
  }

  whenGone(onGone: () => void): () => void {
    this.#response.once('close', onGone)
    return () => void this.#response.off('close', onGone)
  }

  /** Sends the answer; nothing if the client is gone. */
  send({ status, headers, body }: WholeAnswer): void {
    const response = this.#response
    if (response.destroyed) return
    response.writeHead(status, [...headers])
    if (this.method === 'HEAD' || body.bytes.length === 0) response.end()
    else endWith(response, body.bytes)
  }
}
