import { ANSWER_BYTES_MAX } from './exchange.ts'

/** The answer to a request of HTTP/1.1 that brings a line of JSON now and then: what comes of the connection is turned into whole lines. */
export class StreamAnswer {
  #head = ''
  #status = 0
  #ended = false
  /** The bytes left of a chunk and of the line break after it. */
  #left = 0
  /** What is known so far of the length of the next chunk. */
  #size = 0
  #inExtension = false
  /** What has come of a line that is not complete. */
  #rest = ''

  /** 0 until the head of the answer has come. */
  get status(): number {
    return this.#status
  }

  /** Whether nothing follows. */
  get ended(): boolean {
    return this.#ended
  }

  /**
   * Takes what has come, and returns the lines that are complete now, in Latin-1: what is beyond ASCII comes in pieces. Throws when it is
   * no such answer.
   */
  take(bytes: Buffer): string {
    const from = this.#status === 0 ? this.#takeHead(bytes) : 0
    const text = this.#takeChunks(bytes, from)
    const end = text.lastIndexOf('\n') + 1
    const lines = end === 0 ? '' : this.#rest + text.slice(0, end)
    this.#rest = end === 0 ? this.#rest + text : text.slice(end)
    if (this.#rest.length > ANSWER_BYTES_MAX) throw new RangeError(`a message is longer than ${ANSWER_BYTES_MAX} bytes`)
    return lines
  }

  /** Returns where the body begins. */
  #takeHead(bytes: Buffer): number {
    const before = this.#head.length
    this.#head += bytes.toString('latin1')
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) {
      if (this.#head.length > HEAD_BYTES_MAX)
        throw new RangeError(`its headers are longer than ${HEAD_BYTES_MAX} bytes`)
      return bytes.length
    }
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(this.#head) ?? []
    this.#status = Number(status ?? 0)
    const isChunked = /\r\ntransfer-encoding: *chunked\r\n/i.test(this.#head.slice(0, end + 2))
    if (this.#status !== 200 || !isChunked) throw new Error(`HTTP: ${this.#head.replaceAll('\r\n', ' ')}`)
    return end + 4 - before
  }

  #takeChunks(bytes: Buffer, from: number): string {
    let text = ''
    for (let at = from; at < bytes.length && !this.#ended;) {
      if (this.#left > LINE_BREAK_BYTES) {
        const end = Math.min(bytes.length, at + this.#left - LINE_BREAK_BYTES)
        text += bytes.toString('latin1', at, end)
        this.#left -= end - at
        at = end
      } else if (this.#left > 0) {
        this.#left--
        at++
      } else {
        this.#takeSize(bytes[at++] as number)
      }
    }
    return text
  }

  /** One character of the line that says how long the next chunk is, in hexadecimal. */
  #takeSize(character: number): void {
    if (character === LINE_FEED) {
      this.#left = this.#size + LINE_BREAK_BYTES
      this.#ended = this.#size === 0
      this.#size = 0
      this.#inExtension = false
    } else if (character === CARRIAGE_RETURN || character === SEMICOLON) {
      this.#inExtension = true
    } else if (!this.#inExtension) {
      const digit = Number.parseInt(String.fromCharCode(character), 16)
      if (Number.isNaN(digit) || this.#size > ANSWER_BYTES_MAX) throw new RangeError('a chunk has no proper length')
      this.#size = this.#size * 16 + digit
    }
  }
}

const HEAD_BYTES_MAX = 64 * 1_024
const LINE_BREAK_BYTES = 2
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const SEMICOLON = 59
