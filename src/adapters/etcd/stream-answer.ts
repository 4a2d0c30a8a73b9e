import { ANSWER_BYTES_MAX, AnswerReader } from './answer-reader.ts'

/** The answer to a stream, which brings a line of JSON now and then: what comes of the connection is turned into whole lines. */
export class StreamAnswer {
  readonly #reader = new AnswerReader()
  /** What has come of a line that is not complete. */
  #rest = ''

  /** Whether it has begun. */
  get begun(): boolean {
    return this.#reader.status > 0
  }

  /** Whether nothing follows. */
  get ended(): boolean {
    return this.#reader.done
  }

  /** Takes what has come, and returns the lines that are complete now, in Latin-1. Throws when it is no such answer. */
  take(bytes: Buffer): string {
    const text = this.#reader.take(bytes)
    const { status } = this.#reader
    if (status !== 0 && status !== 200) throw new Error(`HTTP status ${status}: ${text}`)
    // Most often a line ends with what has come.
    const end = text.endsWith('\n') ? text.length : text.lastIndexOf('\n') + 1
    const lines = end === 0 ? '' : this.#rest + text.slice(0, end)
    this.#rest = end === 0 ? this.#rest + text : text.slice(end)
    if (this.#rest.length > ANSWER_BYTES_MAX) throw new RangeError(`a message is longer than ${ANSWER_BYTES_MAX} bytes`)
    return lines
  }
}
