import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { LightBody } from './light-body.ts'

/** What undici's own `request` sees to. */
const UNUSUAL = ['signal', 'onInfo', 'opaque', 'responseHeaders', 'highWaterMark'] as const

/** Whether a request asks for nothing that needs undici's own `request`. */
export function isUsual(options: Partial<Dispatcher.RequestOptions>): boolean {
  const { body, method } = options
  const isAtHand = body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array
  return (
    isAtHand && method !== 'CONNECT' && UNUSUAL.every(name => options[name] === undefined || options[name] === null)
  )
}

/** Makes a usual request as undici's `request` does. */
export function lightRequest(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
): Promise<Dispatcher.ResponseData> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(options, new Exchange(resolve, reject))
  })
}

/** One request and its answer, as undici's dispatch protocol tells of them. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Dispatcher.ResponseData) => void
  readonly #reject: (error: Error) => void
  readonly #trailers: Record<string, string> = {}
  #context: object = {}
  #body: LightBody | undefined

  constructor(resolve: (answer: Dispatcher.ResponseData) => void, reject: (error: Error) => void) {
    this.#resolve = resolve
    this.#reject = reject
  }

  onRequestStart(_controller: Dispatcher.DispatchController, context: unknown): void {
    this.#context = context as object
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    ...[headers, statusText = '']: [IncomingHttpHeaders, string?]
  ): void {
    if (statusCode < 200) return
    const source = {
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      cancel: (reason: Error) => controller.abort(reason),
    }
    const body = new LightBody(source, headers['content-type'])
    this.#body = body
    this.#resolve({
      statusCode,
      statusText,
      headers,
      trailers: this.#trailers,
      opaque: null,
      body: body as unknown as Dispatcher.ResponseData['body'],
      context: this.#context,
    })
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.receive(chunk)
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    Object.assign(this.#trailers, trailers)
    this.#body?.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#body) this.#body.fail(error)
    else this.#reject(error)
  }
}
