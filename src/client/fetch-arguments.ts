import {
  type Dispatcher,
  FormData as UndiciFormData,
  Request as UndiciRequest,
  type RequestInit as UndiciInit,
} from 'undici'

/** What undici's fetch is called with. */
export type FetchArguments = [input: string | URL | UndiciRequest, init: UndiciInit]

/**
 * Turns what the global `fetch` takes into what undici's takes, with `dispatcher`. Two things differ. Objects of Node's own `Request` and
 * `FormData` are not those of undici, which would not know them. And a body that is at hand as text or bytes is given to the dispatcher as
 * that, while undici's fetch makes a stream of it, which cannot be sent a second time.
 */
export function fetchArguments(
  dispatcher: Dispatcher,
  input: string | URL | Request,
  init: RequestInit | undefined,
): FetchArguments {
  if (init === undefined && typeof input === 'string') return [input, { dispatcher }]
  if (typeof input !== 'string' && !(input instanceof URL) && !(input instanceof UndiciRequest)) {
    return fetchArguments(dispatcher, input.url, { ...partsOf(input), ...(isRequest(init) ? partsOf(init) : init) })
  }
  const { body, ...rest } = (isRequest(init) ? partsOf(init) : (init ?? {})) as unknown as UndiciInit
  if (body === null || body === undefined) return [input, { ...rest, dispatcher }]
  const bytes = bytesOf(body)
  if (bytes) return [input, { ...rest, body, dispatcher: withBody(dispatcher, bytes) }]
  return [input, { ...rest, body: body instanceof FormData ? copyForm(body) : body, dispatcher }]
}

/** A Request may stand for an init, of any make: what it says is not in properties of its own. */
function isRequest(init: RequestInit | undefined): init is Request {
  return init instanceof Request || init instanceof UndiciRequest
}

/** What of a Request goes into the init of another. */
function partsOf(request: Request): RequestInit {
  const { method, headers, body, signal, redirect, credentials, cache, integrity, keepalive, mode } = request
  const { referrer, referrerPolicy } = request
  const rest = { redirect, credentials, cache, integrity, keepalive, mode, referrer, referrerPolicy }
  return { method, headers, body, signal, ...rest, ...(body && { duplex: 'half' }) }
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof URLSearchParams) return Buffer.from(body.toString())
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  return undefined
}

function copyForm(form: FormData): UndiciFormData {
  const copy = new UndiciFormData()
  for (const [name, value] of form) copy.append(name, value)
  return copy
}

/** A dispatcher that sends `bytes` for whatever body it is given; no body stays none, as after a redirect. */
function withBody(dispatcher: Dispatcher, bytes: Uint8Array): Dispatcher {
  const dispatch: Dispatcher['dispatch'] = (options, handler) =>
    dispatcher.dispatch(options.body ? { ...options, body: bytes } : options, handler)
  return { dispatch } as Dispatcher
}
