import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { decodedBody } from './decoded-body.ts'
import { lightResponse } from './light-response.ts'
import type { PlainRequest } from './plain-request.ts'
import { ResponseBody } from './response-body.ts'

/** Answers without a body, whatever they say of its length. */
const EMPTY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304])

const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** A longer body may wait to be read. */
const SHORT_BYTES_MAX = 16 * 1024

/** An answer that sends on to another place. */
export interface Redirect {
  readonly status: number
  readonly location: string
}

/**
 * Makes a plain request as fetch does, at a fraction of its cost. Resolves with the answer, or with where it sends on to, which is for the caller to
 * follow. Rejects as fetch does: with a TypeError whose `cause` tells what happened, or with the signal's reason.
 */
export function lightFetch(dispatcher: Dispatcher, request: PlainRequest): Promise<Response | Redirect> {
  return new Promise((resolve, reject) => {
    if (request.signal?.aborted) return reject(request.signal.reason as Error)
    const { origin, path, method, headers, body } = request
    const exchange = new Exchange(request, { resolve, reject })
    dispatcher.dispatch({ origin, path, method, headers, body }, exchange)
  })
}

interface Outcome {
  readonly resolve: (answer: Response | Redirect) => void
  readonly reject: (error: Error) => void
}

/** One request and its answer, as undici's dispatch protocol tells of them. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: PlainRequest
  readonly #outcome: Outcome
  #controller: Dispatcher.DispatchController | undefined
  #body: ResponseBody | undefined
  #onAbort: (() => void) | undefined

  constructor(request: PlainRequest, outcome: Outcome) {
    this.#request = request
    this.#outcome = outcome
    const { signal } = request
    if (!signal) return
    this.#onAbort = () => this.#abort(signal.reason as Error)
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#request.signal?.aborted) controller.abort(this.#request.signal.reason as Error)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    ...[headers, statusText = '']: [IncomingHttpHeaders, string?]
  ): void {
    if (status < 200) return
    const { location } = headers
    const body = new ResponseBody({
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      cancel: reason => controller.abort(reason),
    })
    const isRedirect = REDIRECT_STATUSES.has(status) && location !== undefined
    const isEmpty = this.#request.method === 'HEAD' || EMPTY_STATUSES.has(status)
    if (isRedirect || isEmpty) body.discard()
    if (isRedirect) {
      this.#body = body
      return this.#outcome.resolve({ status, location })
    }
    const { origin, path } = this.#request
    const info = {
      url: origin + path,
      status,
      statusText,
      headers: controller.rawHeaders as (Buffer | string)[],
      body: isEmpty ? null : decodedBody(body, headers['content-encoding']),
    }
    // Not before: what is thrown here comes to onResponseError, and there is no answer yet.
    this.#body = body
    const isLong = !(Number(headers['content-length']) <= SHORT_BYTES_MAX)
    this.#outcome.resolve(lightResponse(info, isLong))
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.onData(chunk)
  }

  onResponseEnd(): void {
    this.#end()
    this.#body?.onEnd()
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    const { signal } = this.#request
    this.#end()
    if (signal?.aborted) this.#fail(signal.reason as Error)
    else if (this.#body) this.#fail(new TypeError('terminated', { cause: error }))
    else this.#fail(new TypeError('fetch failed', { cause: error }))
  }

  #abort(reason: Error): void {
    this.#fail(reason)
    this.#controller?.abort(reason)
  }

  #fail(error: Error): void {
    if (this.#body) this.#body.onError(error)
    else this.#outcome.reject(error)
  }

  #end(): void {
    if (this.#onAbort) this.#request.signal?.removeEventListener('abort', this.#onAbort)
  }
}
