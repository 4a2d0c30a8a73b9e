import { requestTarget } from '../request-target.ts'

/** A request of fetch that asks for nothing unusual. */
export interface PlainRequest {
  readonly origin: string
  readonly path: string
  readonly method: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: string | Uint8Array | null
  readonly signal: AbortSignal | undefined
}

const MEMBERS: ReadonlySet<string> = new Set(['method', 'headers', 'body', 'signal'])

/** The methods that fetch knows in lower case too. */
const METHODS: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])

/** What every fetch sends unless told otherwise, in the order of undici's. */
const DEFAULT_HEADERS = [
  ['accept', '*/*'],
  ['accept-language', '*'],
  ['sec-fetch-mode', 'cors'],
  ['user-agent', 'undici'],
  ['accept-encoding', 'gzip, deflate'],
] as const

const ONLY_DEFAULT_HEADERS: readonly string[] = DEFAULT_HEADERS.flat()

/**
 * What `fetch(input, init)` asks for, if that is the usual: an `http:` URL, one of the usual methods, headers, a body that is at hand, a signal. Undefined
 * for everything else, wrong things included, which undici's fetch does, or refuses. Throws as fetch does for headers that are none.
 */
export function plainRequest(input: string | URL | Request, init: RequestInit = {}): PlainRequest | undefined {
  if (typeof input !== 'string' && !(input instanceof URL)) return undefined
  if (!isRecord(init)) return undefined
  for (const name in init) if (!MEMBERS.has(name) && init[name as keyof RequestInit] !== undefined) return undefined
  const method = methodOf(init)
  const { body = null, signal } = init
  if (method === undefined || !isAtHand(body) || (body !== null && (method === 'GET' || method === 'HEAD')))
    return undefined
  if (signal && !(signal instanceof AbortSignal)) return undefined
  const target = targetOf(input)
  if (!target) return undefined
  return { ...target, method, headers: headersOf(init.headers, body), body, signal: signal ?? undefined }
}

/** A Request may stand for an init, of any make: what it says is not in properties of its own. */
function isRecord(init: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(init)
  return prototype === Object.prototype || prototype === null
}

function methodOf({ method = 'GET' }: RequestInit): string | undefined {
  if (METHODS.has(method) || method === 'PATCH') return method
  const upper = method.toUpperCase()
  return METHODS.has(upper) ? upper : undefined
}

function isAtHand(body: unknown): body is string | Uint8Array | null {
  return (
    body === null ||
    typeof body === 'string' ||
    (body instanceof Uint8Array && !(body.buffer instanceof SharedArrayBuffer))
  )
}

/** Undefined for what is no `http:` URL, or has a user or a password. */
function targetOf(input: string | URL): { origin: string; path: string } | undefined {
  const url = typeof input === 'string' ? input : input.href
  if (!/^https?:\/\/[^/?#@\\]*(?:[/?#]|$)/i.test(url) || !URL.canParse(url)) return undefined
  return requestTarget(url)
}

function headersOf(init: RequestInit['headers'], body: string | Uint8Array | null): string[] {
  if (init === undefined && typeof body !== 'string') return [...ONLY_DEFAULT_HEADERS]
  const headers = new Headers(init)
  if (typeof body === 'string' && !headers.has('content-type')) headers.set('content-type', 'text/plain;charset=UTF-8')
  for (const [name, value] of DEFAULT_HEADERS) if (!headers.has(name)) headers.set(name, value)
  return [...headers].flat()
}
