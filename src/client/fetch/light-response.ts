import type { ResponseBody } from './response-body.ts'

/** What is known of an answer when its body begins. */
export interface ResponseInfo {
  /** Without the fragment. */
  readonly url: string
  readonly status: number
  readonly statusText: string
  /** Names and values in turn, as they were received. */
  readonly headers: readonly (Buffer | string)[]
  /** Null where there can be none. */
  readonly body: ResponseBody | null
}

const TEXT = new TextDecoder()

/**
 * The answer to a fetch. A `Response` of the engine costs several times as much as the request itself, mostly for a stream that nearly nobody
 * reads: here bodies are collected, `text()` and its like take them whole, and the engine's Response is made only for what needs it: `body`, `blob()`,
 * `formData()`, `clone()`. It is an `instanceof Response` with all its members; what insists on the engine's own gets one by `clone()`.
 */
class Answer {
  readonly #info: ResponseInfo
  #headers: Headers | undefined
  #isUsed = false
  #real: Response | undefined
  #spent: ReadableStream | null | undefined

  constructor(info: ResponseInfo) {
    this.#info = info
  }

  /** The engine's own of the same; from then on it is the one that has the body. */
  static engineOf(answer: Answer): Response {
    return answer.#engine()
  }

  get type(): Response['type'] {
    return 'basic'
  }

  get url(): string {
    return this.#info.url
  }

  get redirected(): boolean {
    return false
  }

  get status(): number {
    return this.#info.status
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  get statusText(): string {
    return this.#info.statusText
  }

  get headers(): Headers {
    return (this.#headers ??= immutable(new Headers(pairs(this.#info.headers))))
  }

  get body(): ReadableStream | null {
    if (!this.#info.body) return null
    return this.#isUsed ? (this.#spent ??= spentBody()) : this.#engine().body
  }

  get bodyUsed(): boolean {
    return this.#real ? this.#real.bodyUsed : this.#isUsed
  }

  async text(): Promise<string> {
    return decoded(await this.#whole())
  }

  async json(): Promise<unknown> {
    return JSON.parse(decoded(await this.#whole()))
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#whole())
  }

  async blob(): Promise<Blob> {
    return this.#engine().blob()
  }

  async formData(): Promise<FormData> {
    return this.#engine().formData()
  }

  clone(): Response {
    return this.#withIdentity(this.#engine().clone())
  }

  get [Symbol.toStringTag](): string {
    return 'Response'
  }

  async #whole(): Promise<Uint8Array> {
    const { body } = this.#info
    if (this.#real) return this.#real.bytes()
    if (body === null) return new Uint8Array()
    if (this.#isUsed) throw new TypeError('Body is unusable: Body has already been read')
    this.#isUsed = true
    unread.unregister(this)
    return body.whole()
  }

  #engine(): Response {
    if (this.#real) return this.#real
    const { body, status } = this.#info
    if (this.#isUsed) throw new TypeError('Body is unusable: Body has already been read')
    unread.unregister(this)
    const isKnown = status >= 200 && status <= 599
    // Without the status text: servers send such as would be refused here.
    const init = { status: isKnown ? status : 200, headers: pairs(this.#info.headers) }
    return (this.#real = new Response(body?.stream() ?? null, init))
  }

  #withIdentity(response: Response): Response {
    const { url, status, statusText } = this.#info
    return Object.defineProperties(response, {
      url: { value: url },
      status: { value: status },
      statusText: { value: statusText },
      type: { value: this.type },
    })
  }
}

Object.setPrototypeOf(Answer.prototype, Response.prototype)
for (const name of Object.getOwnPropertyNames(Response.prototype) as (keyof Response)[]) {
  if (!Object.hasOwn(Answer.prototype, name)) Object.defineProperty(Answer.prototype, name, { get: engineMember(name) })
}

/** Of a member that later engines have. */
function engineMember(name: keyof Response): (this: Answer) => unknown {
  return function () {
    const real = Answer.engineOf(this)
    const member: unknown = real[name]
    return typeof member === 'function' ? member.bind(real) : member
  }
}

/** Bodies that nobody reads would keep their connections: those of answers that are garbage are given up. */
const unread = new FinalizationRegistry<ResponseBody>(body =>
  body.cancel(new DOMException('The response was garbage before its body was read', 'AbortError')),
)

/** Makes the answer to a fetch. `isLong`: whether its body may be longer than what is read by itself. */
export function lightResponse(info: ResponseInfo, isLong: boolean): Response {
  const response = new Answer(info)
  if (isLong && info.body) unread.register(response, info.body, response)
  return response as unknown as Response
}

/** The stream of a body that was read: locked, and with nothing in it. */
function spentBody(): ReadableStream | null {
  const read = new Response('')
  void read.text()
  return read.body
}

/** Headers of an answer are for reading. */
function immutable(headers: Headers): Headers {
  return Object.defineProperties(headers, { append: REFUSAL, delete: REFUSAL, set: REFUSAL })
}

const REFUSAL = {
  value() {
    throw new TypeError('The headers of an answer are immutable')
  },
}

/** As fetch decodes: without a byte order mark, whatever is not UTF-8 replaced. */
function decoded(bytes: Uint8Array): string {
  return TEXT.decode(bytes)
}

function pairs(flat: readonly (Buffer | string)[]): [string, string][] {
  const result: [string, string][] = []
  for (let at = 0; at < flat.length; at += 2) result.push([latin1(flat[at]), latin1(flat[at + 1])])
  return result
}

function latin1(bytes: Buffer | string | undefined): string {
  return typeof bytes === 'object' ? bytes.toString('latin1') : (bytes ?? '')
}
