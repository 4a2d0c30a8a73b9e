/** What a FastResponse is as long as nobody looked into it: enough to send it. */
export interface PlainResponse {
  readonly status: number
  readonly statusText: string | undefined
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string | Uint8Array | null
}

type Body = ConstructorParameters<typeof Response>[0]
type HeaderFields = ResponseInit['headers']

class LazyResponse {
  #plain: PlainResponse | undefined
  #real: Response | undefined

  constructor(body: Body = null, init: ResponseInit = {}) {
    if (!isResponse) becomeResponse()
    const { status = 200, statusText } = init
    if (isWhole(body) && isOrdinary(status, body)) {
      this.#plain = {
        status,
        statusText,
        headers: flatten(init.headers, typeof body === 'string' ? TEXT : undefined),
        body,
      }
    } else {
      this.#real = new Response(body, init)
    }
  }

  static json(value: unknown, init: ResponseInit = {}): LazyResponse {
    const text = JSON.stringify(value)
    if (text === undefined) throw new TypeError(`${String(value)} has no form in JSON`)
    const headers = flatten(init.headers, JSON_TYPE)
    return new LazyResponse(text, { ...init, headers: pairs(headers) })
  }

  static redirect(...where: Parameters<typeof Response.redirect>): Response {
    return Response.redirect(...where)
  }

  static error(): Response {
    return Response.error()
  }

  /** What is to be sent for `response`, unless somebody has looked into it or its body is a stream. */
  static plainOf(response: object): PlainResponse | undefined {
    return #plain in response ? response.#plain : undefined
  }

  /** The engine's own Response of the same; from then on it is the one that counts. */
  static realOf(response: LazyResponse): Response {
    if (response.#plain) {
      const { body, status, statusText = '', headers } = response.#plain
      response.#real = new Response(body as Body, { status, statusText, headers: pairs(headers) })
      response.#plain = undefined
    }
    return response.#real as Response
  }
}

let isResponse = false

/** Not before there is a first one: whoever looks at `Response` has Node load the whole of its undici. */
function becomeResponse(): void {
  isResponse = true
  Object.setPrototypeOf(LazyResponse.prototype, Response.prototype)
  for (const name of Object.getOwnPropertyNames(Response.prototype) as (keyof Response | 'constructor')[]) {
    if (name === 'constructor') continue
    Object.defineProperty(LazyResponse.prototype, name, {
      get(this: LazyResponse) {
        const real = LazyResponse.realOf(this)
        const member: unknown = real[name]
        return typeof member === 'function' ? member.bind(real) : member
      },
    })
  }
}

/**
 * A `Response` for handlers in a hurry, to be imported under that name: `import { FastResponse as Response } from 'ropewalk'`. The
 * engine's own costs more than the rest of a small answer; this one makes it only when it is looked into, or has a stream for a body.
 * It is an `instanceof Response` with all its members; what insists on the engine's own gets one by `clone()`.
 */
export const FastResponse = LazyResponse as unknown as typeof Response

/** What is to be sent for a FastResponse that nobody has looked into; undefined for every other Response, which must be read. */
export const plainOf: (response: object) => PlainResponse | undefined = response => LazyResponse.plainOf(response)

const TEXT = 'text/plain;charset=UTF-8'
const JSON_TYPE = 'application/json'

function isWhole(body: unknown): body is PlainResponse['body'] {
  return body === null || typeof body === 'string' || body instanceof Uint8Array
}

/** Whether such a Response can be at all; if not, the engine says why. */
function isOrdinary(status: number, body: unknown): boolean {
  return status >= 200 && status <= 599 && (body === null || (status !== 204 && status !== 205 && status !== 304))
}

function flatten(init: HeaderFields, defaultType: string | undefined): string[] {
  const headers: string[] = []
  let hasType = defaultType === undefined
  for (const [name, value] of entriesOf(init)) {
    headers.push(name as string, value as string)
    hasType ||= name?.toLowerCase() === 'content-type'
  }
  if (!hasType) headers.push('content-type', defaultType as string)
  return headers
}

function entriesOf(init: HeaderFields = {}): Iterable<readonly (string | undefined)[]> {
  return Symbol.iterator in init ? (init as Iterable<string[]>) : Object.entries(init)
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] as string,
    flat[2 * index + 1] as string,
  ])
}
