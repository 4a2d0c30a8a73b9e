import type { Dispatcher } from 'undici'
import { AttemptTimeoutError, InstanceRefusedError } from './errors.ts'

const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

/** What goes wrong with a connection, not with the request: another Instance may well answer. */
const CONNECTION_CODES = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/**
 * Whether a request that may have arrived can be sent again: doing it twice must come to the same as doing it once (RFC 9110, 9.2.2,
 * or the caller says so with an `Idempotency-Key` header), and its body must be there a second time, which that of a stream is not.
 */
export function isRepeatable({ method, body, headers, upgrade }: Dispatcher.DispatchOptions): boolean {
  if (upgrade || !isReplayable(body)) return false
  return IDEMPOTENT_METHODS.has(method) || hasIdempotencyKey(headers)
}

/** Whether a request failed for a reason that another Instance, or another connection, may not share. */
export function isWorthRetrying(error: Error & { code?: unknown }): boolean {
  if (error instanceof AttemptTimeoutError || error instanceof InstanceRefusedError) return true
  return typeof error.code === 'string' && CONNECTION_CODES.has(error.code)
}

function isReplayable(body: unknown): boolean {
  return body === null || body === undefined || typeof body === 'string' || isBytes(body) || body instanceof Blob
}

function isBytes(body: unknown): boolean {
  return ArrayBuffer.isView(body) || body instanceof ArrayBuffer
}

function hasIdempotencyKey(headers: unknown): boolean {
  return headerNames(headers).some(name => typeof name === 'string' && name.toLowerCase() === 'idempotency-key')
}

/** The names in any of the forms undici takes: a flat list, pairs, or an object. */
function headerNames(headers: unknown): unknown[] {
  if (typeof headers !== 'object' || headers === null) return []
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return headers.filter((_, index) => index % 2 === 0)
  if (Symbol.iterator in headers) return Array.from(headers as Iterable<[unknown, unknown]>, ([name]) => name)
  return Object.keys(headers)
}
