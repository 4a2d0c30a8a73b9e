/** An answer is at most this long, in bytes: room for a page of 1,000 instances that are all at their limits. */
export const ANSWER_BYTES_MAX = 256 * 2 ** 20

const HEAD_BYTES_MAX = 64 * 1_024
const LINE_BREAK_BYTES = 2
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const SEMICOLON = 59

/** What comes next. */
type State = 'head' | 'size' | 'chunk' | 'length' | 'trailer' | 'done'

/**
 * Reads one answer of HTTP/1.1 to a POST, as its bytes come, and hands out its body in Latin-1: no byte is looked at twice, and most not
 * once. Throws when it is no such answer.
 */
export class AnswerReader {
  /** 0 until the head has come. */
  status = 0
  /** Whether the connection can be used for another request. */
  keepsAlive = false
  #state: State = 'head'
  #head = ''
  /** The bytes left of the body, or of the chunk and of the line break after it. */
  #left = 0
  /** What is known so far of the length of the next chunk. */
  #size = 0
  #inExtension = false
  /** How many characters the line of the trailer has so far. */
  #trailerLine = 0

  /** Whether all of it has come. */
  get done(): boolean {
    return this.#state === 'done'
  }

  /** Takes what has come, and returns what of it belongs to the body. */
  take(bytes: Buffer): string {
    let text = ''
    for (let at = this.#state === 'head' ? this.#takeHead(bytes) : 0; at < bytes.length;) {
      const end = this.#dataEnd(at, bytes.length)
      if (end > at) {
        text += bytes.toString('latin1', at, end)
        this.#advance(end - at)
        at = end
      } else {
        this.#takeByte(bytes[at++] as number)
      }
    }
    return text
  }

  /** Where the data that begins at `at` ends; `at` if there is none. */
  #dataEnd(at: number, length: number): number {
    if (this.#state === 'length') return Math.min(length, at + this.#left)
    if (this.#state === 'chunk') return Math.min(length, at + Math.max(0, this.#left - LINE_BREAK_BYTES))
    return at
  }

  #advance(bytes: number): void {
    this.#left -= bytes
    if (this.#left > 0) return
    if (this.#state === 'chunk') this.#state = 'size'
    else if (this.#state === 'length') this.#state = 'done'
  }

  #takeByte(byte: number): void {
    switch (this.#state) {
      case 'chunk':
        return this.#advance(1)
      case 'size':
        return this.#takeSize(byte)
      case 'trailer':
        return this.#takeTrailer(byte)
      case 'head':
      case 'length':
      case 'done':
        throw new Error('more came than was announced')
    }
  }

  /** Returns where the body begins. */
  #takeHead(bytes: Buffer): number {
    const before = this.#head.length
    this.#head += bytes.toString('latin1')
    const end = this.#head.indexOf('\r\n\r\n')
    if (end >= 0) {
      this.#understand(this.#head.slice(0, end + LINE_BREAK_BYTES))
      return end + 2 * LINE_BREAK_BYTES - before
    }
    if (this.#head.length > HEAD_BYTES_MAX) throw new RangeError(`its headers are longer than ${HEAD_BYTES_MAX} bytes`)
    return bytes.length
  }

  #understand(head: string): void {
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(head) ?? []
    const [, length] = /\r\ncontent-length: *(\d+)\r\n/i.exec(head) ?? []
    const isChunked = CHUNKED.test(head)
    if (status === undefined || (!isChunked && length === undefined)) throw new Error(`no answer of HTTP: ${head}`)
    this.status = Number(status)
    this.keepsAlive = !CLOSING.test(head)
    this.#left = isChunked ? 0 : Number(length)
    if (this.#left > ANSWER_BYTES_MAX) throw new RangeError(`it is longer than ${ANSWER_BYTES_MAX} bytes`)
    this.#state = isChunked ? 'size' : this.#left > 0 ? 'length' : 'done'
  }

  /** One character of the line that says how long the next chunk is, in hexadecimal. */
  #takeSize(byte: number): void {
    if (byte === LINE_FEED) {
      this.#left = this.#size + LINE_BREAK_BYTES
      this.#state = this.#size === 0 ? 'trailer' : 'chunk'
      this.#size = 0
      this.#inExtension = false
    } else if (byte === CARRIAGE_RETURN || byte === SEMICOLON) {
      this.#inExtension = true
    } else if (!this.#inExtension) {
      const digit = DIGITS[byte] ?? NO_DIGIT
      if (digit === NO_DIGIT || this.#size > ANSWER_BYTES_MAX) throw new RangeError('a chunk has no proper length')
      this.#size = this.#size * 16 + digit
    }
  }

  /** Passes over what follows the last chunk, up to an empty line. */
  #takeTrailer(byte: number): void {
    if (byte === LINE_FEED) {
      if (this.#trailerLine === 0) this.#state = 'done'
      this.#trailerLine = 0
    } else if (byte !== CARRIAGE_RETURN) {
      this.#trailerLine++
    }
  }
}

/** What each byte is worth as a digit in hexadecimal; looked up, since a stream says a length for every change. */
const NO_DIGIT = 255
const DIGITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase())
  return digit < 0 ? NO_DIGIT : digit
})

const CHUNKED = /\r\ntransfer-encoding: *chunked\r\n/i
const CLOSING = /\r\nconnection: *close\r\n/i
