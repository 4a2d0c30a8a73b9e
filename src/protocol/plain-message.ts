import { PROTOCOL_LIMITS } from './protocol.ts'

/** A number of so many digits is always exact. */
const DIGITS_MAX = 15

const ZERO = '0'.charCodeAt(0)

/**
 * Messages that say nothing but their type and a number: heartbeats and the answers to most requests, mostly with nothing else in their
 * frames. They are written and known again as text, a few times faster than by way of JSON; what is written differently and
 * means the same has to be parsed.
 */
export class PlainMessage {
  readonly #head: string
  readonly #frameHead: string

  constructor(type: string) {
    this.#head = `{"type":"${type}","seq":`
    this.#frameHead = `[${this.#head}`
  }

  encode(seq: number): string {
    return `${this.#head}${seq}}`
  }

  /** The numbers, if such messages are all there is in the frame. */
  seqsOf(frame: string): number[] | undefined {
    if (!frame.startsWith(this.#frameHead)) return undefined
    const seqs: number[] = []
    for (let at = 1; at < frame.length;) {
      const end = frame.indexOf('}', at)
      const seq = numberIn(frame, at + this.#head.length, end)
      if (seq === undefined || !frame.startsWith(this.#head, at)) return undefined
      seqs.push(seq)
      at = end + 2
      if (frame[end + 1] !== (at < frame.length ? ',' : ']')) return undefined
    }
    return seqs.length <= PROTOCOL_LIMITS.frameMessages ? seqs : undefined
  }
}

/** The number from 0 that is written between two places as JSON has it, if it is small enough to be exact. */
function numberIn(text: string, from: number, to: number): number | undefined {
  const digits = to - from
  if (digits < 1 || digits > DIGITS_MAX || (digits > 1 && text.charCodeAt(from) === ZERO)) return undefined
  let number = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return undefined
    number = 10 * number + digit
  }
  return number
}

/** The heartbeat of a session whose main loop runs. */
export const RENEW = new PlainMessage('renew')

/** A request was done. */
export const OK = new PlainMessage('ok')
