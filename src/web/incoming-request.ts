import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { BODY_BYTES_MAX, type BodyOptions, readBody } from './body.ts'
import { BadRequestError, BodyInvalidError, BodyTooLargeError, ClientGoneError } from './errors.ts'

/** Where a request came in. */
export interface Incoming extends BodyOptions {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
}

/**
 * The Request of a fetch-style handler, made only as far as it is looked at, because a real one costs as much as all of `node:http`.
 * It is an `instanceof Request` and has all its members. What insists on the engine's own Request, `fetch(request)` and
 * `new Request(request)`, needs `request.clone()`, or `fetch(url, request)`, which makes one.
 *
 * `url`, `headers` and so on throw BadRequestError if the client sent what cannot be one. Bodies are limited, see BodyOptions: reading
 * a longer one rejects with BodyTooLargeError. `json()` rejects with BodyInvalidError.
 */
export function incomingRequest(parts: Incoming): Request {
  if (!isRequest) becomeRequest()
  return new IncomingRequest(parts) as unknown as Request
}

class IncomingRequest {
  readonly #incoming: IncomingMessage
  readonly #response: ServerResponse
  readonly #bodyBytesMax: number
  #url: string | undefined
  #headers: Headers | undefined
  #abort: AbortController | undefined
  #real: Request | undefined
  #bodyUsed = false

  constructor({ incoming, response, bodyBytesMax = BODY_BYTES_MAX }: Incoming) {
    this.#incoming = incoming
    this.#response = response
    this.#bodyBytesMax = bodyBytesMax
  }

  get method(): string {
    return this.#incoming.method ?? 'GET'
  }

  get url(): string {
    return (this.#url ??= urlOf(this.#incoming))
  }

  get headers(): Headers {
    return (this.#headers ??= headersOf(this.#incoming))
  }

  /** Aborts, with ClientGoneError, when the client goes away before the answer is complete. */
  get signal(): AbortSignal {
    return (this.#abort ??= this.#watchClient()).signal
  }

  get bodyUsed(): boolean {
    return this.#bodyUsed || (this.#real?.bodyUsed ?? false)
  }

  get body(): Request['body'] {
    return this.#bodyUsed ? null : this.#toReal().body
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  async json(): Promise<unknown> {
    const text = await this.text()
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new BodyInvalidError({ cause })
    }
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#real) return new Uint8Array(await this.#real.arrayBuffer())
    if (this.#bodyUsed) throw new TypeError('The body was read before')
    this.#bodyUsed = true
    const body = await readBody(this.#incoming, { bodyBytesMax: this.#bodyBytesMax })
    return body as Uint8Array<ArrayBuffer>
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = await this.bytes()
    return buffer.slice(byteOffset, byteOffset + byteLength)
  }

  async blob(): Promise<Blob> {
    return this.#toReal().blob()
  }

  async formData(): Promise<FormData> {
    return this.#toReal().formData()
  }

  clone(): Request {
    return this.#toReal().clone()
  }

  get duplex(): 'half' {
    return 'half'
  }

  /** The engine's own Request for the same; from then on the body is read through it. */
  #toReal(): Request {
    if (this.#bodyUsed) throw new TypeError('The body was read before')
    if (this.#real) return this.#real
    const { method, url, headers, signal } = this
    const body =
      method === 'GET' || method === 'HEAD' ? null : ReadableStream.from(limit(this.#incoming, this.#bodyBytesMax))
    return (this.#real = new Request(url, { method, headers, signal, body, duplex: 'half' }))
  }

  #watchClient(): AbortController {
    const controller = new AbortController()
    const response = this.#response
    const onClose = () => {
      if (!response.writableFinished) controller.abort(new ClientGoneError())
    }
    if (response.destroyed) onClose()
    else response.once('close', onClose)
    return controller
  }
}

/** What of a Request says nothing about a request that came in: the same for each. */
const CONSTANT = [
  'cache',
  'credentials',
  'destination',
  'integrity',
  'keepalive',
  'mode',
  'redirect',
  'referrer',
  'referrerPolicy',
] as const
let isRequest = false

/** Not before there is a first one: whoever looks at `Request` has Node load the whole of its undici. */
function becomeRequest(): void {
  isRequest = true
  const example = new Request('http://localhost/')
  for (const name of CONSTANT) Object.defineProperty(IncomingRequest.prototype, name, { value: example[name] })
  Object.setPrototypeOf(IncomingRequest.prototype, Request.prototype)
}

/** A `Host` that cannot be taken for a path, a query or a user name. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[\w.~%!$&'()*+,;=-]+)(?::\d+)?$/i

function urlOf(incoming: IncomingMessage): string {
  const { url: target = '/', headers, socket } = incoming
  const { host = 'localhost' } = headers
  if (!HOST.test(host)) throw new BadRequestError(`The Host ${JSON.stringify(host)} is not one`)
  if (hostsOf(incoming) > 1) throw new BadRequestError('There is more than one Host')
  const scheme = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http'
  const base = `${scheme}://${host}`
  const url = target.startsWith('/') ? base + target : target === '*' ? base : target
  if (!/^https?:/i.test(url) || !URL.canParse(url))
    throw new BadRequestError(`The request target ${JSON.stringify(target)} is not a URL`)
  return new URL(url).href
}

/** Two proxies that choose different ones would not agree on where a request goes (RFC 9112, 3.2). */
function hostsOf({ rawHeaders }: IncomingMessage): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') count++
  }
  return count
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] as string, rawHeaders[index + 1] as string)
  }
  return headers
}

async function* limit(incoming: IncomingMessage, bodyBytesMax: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw new BodyTooLargeError(bodyBytesMax)
    yield chunk
  }
}
