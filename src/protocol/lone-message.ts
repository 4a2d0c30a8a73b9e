/** A number from 0 as JSON has it, small enough to be exact. */
const SEQ = /^(?:0|[1-9]\d{0,14})$/

/**
 * Messages that say nothing but their type and a number: heartbeats and the answers to most requests, alone in their frames, which is nearly
 * everything that two idle sides say. They are written and known again as text, a few times faster than by way of JSON; what is
 * written differently and means the same has to be parsed.
 */
export class LoneMessage {
  readonly #head: string
  readonly #frameHead: string

  constructor(type: string) {
    this.#head = `{"type":"${type}","seq":`
    this.#frameHead = `[${this.#head}`
  }

  encode(seq: number): string {
    return `${this.#head}${seq}}`
  }

  /** The number, if this message is all there is in the frame. */
  seqOf(frame: string): number | undefined {
    if (!frame.startsWith(this.#frameHead) || !frame.endsWith('}]')) return undefined
    const seq = frame.slice(this.#frameHead.length, -2)
    return SEQ.test(seq) ? Number(seq) : undefined
  }
}

/** The heartbeat of a session whose main loop runs. */
export const RENEW = new LoneMessage('renew')

/** A request was done. */
export const OK = new LoneMessage('ok')
