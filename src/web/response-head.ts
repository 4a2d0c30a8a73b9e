import type { ServerResponse } from 'node:http'

/** What the head of an answer is made of. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string | undefined
  /** Names and values in turn. */
  readonly headers: readonly string[]
}

/** What is known about the body that follows a head. */
export interface BodyFacts {
  /** How long it is; undefined: not known, or there is none although the head may tell of one (HEAD, 304). */
  readonly bodyBytes?: number | undefined
  /** Whether it came encoded, by `content-encoding`, and is not any more. */
  readonly isDecoded?: boolean | undefined
}

/**
 * Writes `head`, except what is this server's to say: fields about the connection, which a handler that hands on somebody else's answer
 * would bring along (of `connection` only `close` is kept), and the length of a body where it is known, because a wrong one makes the
 * rest of the body the next answer of the connection. A length that cannot be checked yet is held to: a body that does not keep it fails.
 */
export function writeHead(response: ServerResponse, head: ResponseHead, facts: BodyFacts): void {
  const { status, statusText } = head
  const fields = head.headers.some(isRestricted) ? allowed(head, facts) : [...head.headers]
  const { bodyBytes } = facts
  if (bodyBytes === undefined) response.strictContentLength = true
  else if (status !== 204 && status !== 304) fields.push('content-length', String(bodyBytes))
  response.writeHead(status, statusText || undefined, fields)
}

const RESTRICTED: ReadonlySet<string> = new Set([
  'upgrade',
  'connection',
  'keep-alive',
  'content-length',
  'proxy-connection',
  'content-encoding',
  'transfer-encoding',
])
const LENGTHS: ReadonlySet<number> = new Set([...RESTRICTED].map(name => name.length))

/** Asked for every field, hence the glance at the length first. */
function isRestricted(name: string): boolean {
  return LENGTHS.has(name.length) && RESTRICTED.has(name.toLowerCase())
}

function allowed({ status, headers }: ResponseHead, { bodyBytes, isDecoded = false }: BodyFacts): string[] {
  const keeps: Record<string, boolean> = {
    'content-length': bodyBytes === undefined && status !== 204 && !isDecoded,
    'content-encoding': !isDecoded,
  }
  const fields: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const [name, value] = headers.slice(index, index + 2) as [string, string]
    const key = name.toLowerCase()
    const isClose = key === 'connection' && value.toLowerCase() === 'close'
    const isNoLength = key === 'content-length' && !/^\d+$/.test(value)
    if (!RESTRICTED.has(key) || isClose || (keeps[key] && !isNoLength)) fields.push(name, value)
  }
  return fields
}
