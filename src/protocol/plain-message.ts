import { PROTOCOL_LIMITS } from './protocol.ts'

/** A number of so many digits is always exact. */
const DIGITS_MAX = 15

const ZERO = '0'.charCodeAt(0)

/**
 * Messages that say nothing but their type and a number: heartbeats and the answers to most requests, mostly with nothing else in their
 * frames. They are written and known again as text, a few times faster than by way of JSON; what is written differently and
 * means the same has to be parsed.
 */
export class PlainMessage<Type extends string> {
  readonly #type: Type
  readonly #head: string

  constructor(type: Type) {
    this.#type = type
    this.#head = `{"type":"${type}","seq":`
  }

  encode(seq: number): string {
    return `${this.#head}${seq}}`
  }

  /** What a frame says, if it has nothing but such messages. */
  messagesIn(frame: string): PlainlySaid<Type>[] | undefined {
    if (!frame.startsWith('[')) return undefined
    const messages: PlainlySaid<Type>[] = []
    for (let at = 1; messages.length < PROTOCOL_LIMITS.frameMessages;) {
      if (!frame.startsWith(this.#head, at)) return undefined
      const from = at + this.#head.length
      let end = from
      let seq = 0
      for (let digit = digitAt(frame, from); digit >= 0 && digit <= 9; digit = digitAt(frame, ++end))
        seq = 10 * seq + digit
      if (!isNumber(frame, from, end) || frame[end] !== '}') return undefined
      messages.push({ type: this.#type, seq })
      at = end + 2
      if (at === frame.length) return frame[end + 1] === ']' ? messages : undefined
      if (frame[end + 1] !== ',') return undefined
    }
    return undefined
  }
}

/** Such a message. */
interface PlainlySaid<Type extends string> {
  readonly type: Type
  readonly seq: number
}

/** NaN behind the end. */
function digitAt(text: string, place: number): number {
  return text.charCodeAt(place) - ZERO
}

/** Whether digits are as JSON has a number, and few enough for it to be exact. */
function isNumber(text: string, from: number, to: number): boolean {
  const digits = to - from
  return digits === 1 || (digits > 1 && digits <= DIGITS_MAX && digitAt(text, from) !== 0)
}

/** The heartbeat of a session whose main loop runs. */
export const RENEW = new PlainMessage('renew')

/** A request was done. */
export const OK = new PlainMessage('ok')
