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

/** How many heads are known again, and how long they may be. */
const HEADS_MAX = 256
const HEAD_CHARACTERS_MAX = 1_024

const NOTHING = Buffer.alloc(0)

/** What the head of a request says, which is the same for the same head. */
interface Head {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly bodyBytes: number
}

/** Reads plain requests. Clients say the same over and over, so a head that was read lately is not read again, and those who said it share what it says. */
export class DirectParser {
  readonly #headBytesMax: number
  readonly #heads = new Map<string, Head>()

  constructor({ headBytesMax }: { headBytesMax: number }) {
    this.#headBytesMax = headBytesMax
  }

  /**
   * Reads `chunk` if it is exactly one plain request of HTTP/1.1, head and body, with a head of at most `headBytesMax`. Undefined for everything else, whatever it is: a part
   * of a request, several, one that is malformed or long, one with a header twice, and one that wants something of the connection.
   */
  parse(chunk: Buffer): ParsedRequest | undefined {
    const end = chunk.indexOf('\r\n\r\n')
    if (end < 0 || end > this.#headBytesMax) return undefined
    const head = this.#head(chunk.toString('latin1', 0, end + 2))
    const bodyBytes = chunk.length - end - 4
    if (head?.bodyBytes !== bodyBytes) return undefined
    const { method, url, headers } = head
    return { method, url, headers, body: bodyBytes === 0 ? NOTHING : chunk.subarray(end + 4) }
  }

  #head(text: string): Head | undefined {
    const known = this.#heads.get(text)
    if (known) return known
    const head = parseHead(text)
    if (!head || text.length > HEAD_CHARACTERS_MAX) return head
    if (this.#heads.size >= HEADS_MAX) this.#heads.clear()
    this.#heads.set(text, head)
    return head
  }
}

function parseHead(text: string): Head | undefined {
  REQUEST_LINE.lastIndex = 0
  const line = REQUEST_LINE.exec(text)
  if (!line) return undefined
  const [begin, method = '', url = ''] = line
  const headers = parseHeaders(text, begin.length)
  if (headers?.host === undefined) return undefined
  return { method, url, headers: Object.freeze(headers), bodyBytes: bodyBytesOf(headers) }
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
function bodyBytesOf({ 'content-length': length }: IncomingHttpHeaders): number {
  if (length === undefined) return 0
  return /^\d{1,15}$/.test(length) ? Number(length) : Number.NaN
}
