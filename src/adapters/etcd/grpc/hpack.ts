import { huffmanText } from './huffman.ts'

/*
 * Headers of HTTP/2 (RFC 7541) without the table that either side may keep of what was sent before: ours are never entered in one, and the other side is told
 * to keep none.
 */

/** The headers that have a number, from 1 on. */
const NUMBERED: ReadonlyArray<readonly [name: string, value: string]> = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  ...['200', '204', '206', '304', '400', '404', '500'].map(status => [':status', status] as const),
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...(
    'accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control content-disposition ' +
    'content-encoding content-language content-length content-location content-range content-type cookie date etag expect expires from ' +
    'host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards ' +
    'proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie strict-transport-security ' +
    'transfer-encoding user-agent vary via www-authenticate'
  )
    .split(' ')
    .map(name => [name, ''] as const),
]

/** A header whose name follows, never to be entered in a table: a token is among them. */
const LITERAL = 0x10
/** Of a text whose characters have codes of different lengths. */
const SHORTENED = 0x80

/** The block of these headers. Names are lower case. */
export function encodeHeaders(headers: ReadonlyArray<readonly [name: string, value: string]>): Buffer {
  const texts = headers.flatMap(([name, value]) => [Buffer.of(LITERAL), encodeText(name), encodeText(value)])
  return Buffer.concat(texts)
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = [Math.min(bytes.length, 127)]
  if (bytes.length >= 127) {
    let rest = bytes.length - 127
    for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128)
    length.push(rest)
  }
  return Buffer.concat([Buffer.from(length), bytes])
}

/** The headers in a block; of those with the same name the last one. Throws when it is none, or refers to a table. */
export function decodeHeaders(block: Uint8Array): Map<string, string> {
  const headers = new Map<string, string>()
  for (const bytes = new BlockReader(block); bytes.left > 0;) {
    const first = bytes.peek()
    if (first >= 0x80) {
      headers.set(...numbered(bytes.number(0x7f)))
    } else if (first >= 0x20 && first < 0x40) {
      // How large the table may be, which has to be none.
      bytes.number(0x1f)
    } else {
      const number = bytes.number(first >= 0x40 ? 0x3f : 0x0f)
      const name = number === 0 ? bytes.text() : numbered(number)[0]
      headers.set(name, bytes.text())
    }
  }
  return headers
}

function numbered(number: number): readonly [name: string, value: string] {
  const header = NUMBERED[number - 1]
  if (header) return header
  throw new RangeError(`there is no header number ${number}`)
}

class BlockReader {
  readonly #block: Uint8Array
  #at = 0

  constructor(block: Uint8Array) {
    this.#block = block
  }

  get left(): number {
    return this.#block.length - this.#at
  }

  peek(): number {
    const byte = this.#block[this.#at]
    if (byte === undefined) throw new RangeError('headers break off')
    return byte
  }

  /** A number that begins in the bits `mask` of the next byte. */
  number(mask: number): number {
    let value = this.#byte() & mask
    if (value < mask) return value
    for (let factor = 1, more = true; more; factor *= 128) {
      const byte = this.#byte()
      value += (byte & 127) * factor
      more = byte >= 128
      if (factor > 2 ** 21) throw new RangeError('a number in headers is too long')
    }
    return value
  }

  text(): string {
    const isShortened = (this.peek() & SHORTENED) !== 0
    const length = this.number(0x7f)
    if (length > this.left) throw new RangeError('headers break off')
    const bytes = this.#block.subarray(this.#at, (this.#at += length))
    return isShortened ? huffmanText(bytes) : Buffer.from(bytes).toString('latin1')
  }

  #byte(): number {
    const byte = this.peek()
    this.#at++
    return byte
  }
}
