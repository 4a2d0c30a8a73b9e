import { PROTOCOL_LIMITS } from './protocol.ts'

/** A number from 0 as JSON has it, small enough to be exact. */
const SEQ = /^(?:0|[1-9]\d{0,14})$/

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
    if (!frame.startsWith(this.#frameHead) || !frame.endsWith('}]')) return undefined
    const seqs: number[] = []
    for (let at = 1; at < frame.length;) {
      const end = frame.indexOf('}', at)
      const seq = frame.slice(at + this.#head.length, end)
      if (!frame.startsWith(this.#head, at) || !SEQ.test(seq)) return undefined
      seqs.push(Number(seq))
      at = end + 2
      if (at < frame.length && frame[end + 1] !== ',') return undefined
    }
    return seqs.length <= PROTOCOL_LIMITS.frameMessages ? seqs : undefined
  }
}

/** The heartbeat of a session whose main loop runs. */
export const RENEW = new PlainMessage('renew')

/** A request was done. */
export const OK = new PlainMessage('ok')
