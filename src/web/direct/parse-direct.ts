import type { IncomingHttpHeaders } from 'node:http'

/** A request whose bytes are all there. */
export interface ParsedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const REQUEST_LINE = /(GET|PUT|POST|DELETE) (\/[!-~]*) HTTP\/1\.1\r\n/y

/** One line of the head: a name as RFC 9110 has it, and a value without control characters, in its outer white space. */
const HEADER_LINE = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t -~\u0080-\u00ff]*)\r\n/y

/** What decides how a message is delimited or a connection used, and is left to others to understand. */
const LEFT_TO_OTHERS = new Set(['transfer-encoding', 'upgrade', 'expect', 'te', 'trailer', 'http2-settings'])

/**
 * Reads `chunk` if it is exactly one plain request of HTTP/1.1, head and body, with a head of at most `headBytesMax`. Undefined for everything else, whatever it is: a part
 * of a request, several, one that is malformed or long, one with a header twice, and one that wants something of the connection.
 */
export function parseDirect(chunk: Buffer, headBytesMax: number): ParsedRequest | undefined {
  const end = chunk.indexOf('\r\n\r\n')
  if (end < 0 || end > headBytesMax) return undefined
  const text = chunk.toString('latin1', 0, end + 2)
  REQUEST_LINE.lastIndex = 0
  const line = REQUEST_LINE.exec(text)
  if (!line) return undefined
  const [begin, method = '', url = ''] = line
  const headers = parseHeaders(text, begin.length)
  if (headers?.host === undefined) return undefined
  const body = chunk.subarray(end + 4)
  return body.length === bodyBytes(headers) ? { method, url, headers, body } : undefined
}

function parseHeaders(text: string, from: number): IncomingHttpHeaders | undefined {
  const headers: IncomingHttpHeaders = {}
  HEADER_LINE.lastIndex = from
  for (let at = from; at < text.length; at = HEADER_LINE.lastIndex) {
    const line = HEADER_LINE.exec(text)
    if (!line) return undefined
    const [, spelled = '', value = ''] = line
    const name = spelled.toLowerCase()
    if (LEFT_TO_OTHERS.has(name) || Object.hasOwn(headers, name) || name === '__proto__') return undefined
    headers[name] = value.trimEnd()
  }
  const { connection = 'keep-alive' } = headers
  return connection.toLowerCase() === 'keep-alive' ? headers : undefined
}

/** The length of the body; not a number where it is not said in plain digits. */
function bodyBytes({ 'content-length': length }: IncomingHttpHeaders): number {
  if (length === undefined) return 0
  return /^\d{1,15}$/.test(length) ? Number(length) : Number.NaN
}
