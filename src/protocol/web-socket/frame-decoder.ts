import { isUtf8 } from 'node:buffer'
import type { ByteBudget } from '../../core/byte-budget.ts'
import { BROKEN, isCloseCode, NO_CODE } from './close-code.ts'
import type { Role } from './encode-frame.ts'
import { GrowingBytes } from './growing-bytes.ts'
import { unmask } from './mask.ts'
import { CONTROL_BYTES_MAX, FINAL, MASKED, OPCODE } from './opcode.ts'

/** What stands in a text for bytes that are not UTF-8; a text may also say it itself. */
const REPLACEMENT = '\ufffd'

/** The first byte of a message of text that is in one frame, which is nearly all. */
const WHOLE_TEXT = FINAL | OPCODE.text

/** The most frames that one message may be cut into. */
const FRAGMENTS_MAX = 10_000

/** As much of a message that is not whole takes nothing of what all share: nearly every message is shorter. */
const FREE_BYTES = 16 * 1024

/** What is found in the bytes that come. */
export interface FrameListener {
  /** A whole message. */
  onText(text: string): void
  /** A close, ping or pong frame; the payload is to be used at once. */
  onControl(opcode: number, payload: Buffer): void
  /** What came is not RFC 6455, or beyond the limits: to be closed with this code. Nothing is found any more. */
  onBroken(code: number, reason: string): void
}

/** What a decoder expects. */
export interface FrameDecoderOptions {
  /** Who sends: a client has to mask, a server must not. */
  readonly from: Role
  /** The most bytes of one message. */
  readonly messageBytesMax: number
  /** What long messages that are not whole take together, with others'. Default: any number. */
  readonly budget?: ByteBudget | undefined
  readonly listener: FrameListener
}

/**
 * Finds the frames in a stream of bytes and puts fragmented messages together. Whole frames, which is nearly all, are read where they
 * are; of others the beginning is copied and waits, never more than one message of them. Binary messages and extensions are not taken.
 */
export class FrameDecoder {
  readonly #options: FrameDecoderOptions
  /** The beginning of a frame that is not whole. */
  readonly #waiting = new GrowingBytes()
  /** How many bytes that frame has, as far as is known. */
  #needed = 0
  readonly #fragments = new GrowingBytes()
  #fragmentCount = 0
  /** How much is taken of the budget. */
  #taken = 0
  #over = false

  constructor(options: FrameDecoderOptions) {
    this.#options = options
  }

  /** The next bytes; they are changed (unmasked), and not kept. */
  push(chunk: Buffer): void {
    if (this.#waiting.length === 0) this.#decode(chunk)
    else {
      this.#waiting.append(chunk)
      if (this.#waiting.length >= this.#needed) this.#decode(this.#waiting.take())
    }
    if (!this.#over && !this.#afford(this.#waiting.length + this.#fragments.length))
      this.#break(BROKEN.policy, 'a long message, of which there are too many under way')
  }

  /** Finds nothing any more. */
  stop(): void {
    this.#over = true
    this.#waiting.take()
    this.#fragments.take()
    this.#afford(0)
  }

  /** Takes for so many bytes that wait what they take of the budget; whether there is as much. */
  #afford(bytes: number): boolean {
    const { budget } = this.#options
    const more = (bytes > FREE_BYTES ? bytes : 0) - this.#taken
    if (!budget || more === 0) return true
    if (more < 0) budget.give(-more)
    else if (!budget.take(more)) return false
    this.#taken += more
    return true
  }

  #decode(bytes: Buffer): void {
    let at = 0
    while (!this.#over) {
      const end = this.#frame(bytes, at)
      if (end === undefined) break
      at = end
    }
    if (!this.#over && at < bytes.length) this.#waiting.append(bytes.subarray(at))
  }

  /** Deals with the frame at `at` and returns where it ends; undefined when there is not yet a whole frame, or never will be. */
  #frame(bytes: Buffer, at: number): number | undefined {
    if (bytes.length < at + 2) return this.#await(2)
    const first = bytes[at] as number
    const second = bytes[at + 1] as number
    const isMasked = (second & MASKED) !== 0
    if ((first & 0x70) !== 0) return this.#break(BROKEN.protocol, 'a frame of an extension')
    if (isMasked !== (this.#options.from === 'client')) return this.#break(BROKEN.protocol, 'a frame masked wrongly')
    const short = second & 0x7f
    const lengthAt = at + 2
    const maskAt = lengthAt + (short < 126 ? 0 : short === 126 ? 2 : 8)
    if (bytes.length < maskAt) return this.#await(maskAt - at)
    const length = short < 126 ? short : lengthOf(bytes, lengthAt, maskAt)
    if ((first & 0x0f) >= OPCODE.close && ((first & FINAL) === 0 || length > CONTROL_BYTES_MAX)) {
      return this.#break(BROKEN.protocol, 'a control frame that is too long or cut')
    }
    if (length + this.#fragments.length > this.#options.messageBytesMax) {
      return this.#break(BROKEN.tooLong, 'a message that is too long')
    }
    const payloadAt = maskAt + (isMasked ? 4 : 0)
    const end = payloadAt + length
    if (bytes.length < end) return this.#await(end - at)
    if (isMasked) unmask(bytes, maskAt, end)
    if (first === WHOLE_TEXT && this.#fragmentCount === 0) this.#text(bytes, payloadAt, end)
    else this.#part(first, bytes.subarray(payloadAt, end))
    return end
  }

  #part(first: number, payload: Buffer): void {
    const opcode = first & 0x0f
    switch (opcode) {
      case OPCODE.text:
      case OPCODE.continuation:
        return this.#fragment(payload, { isFirst: opcode === OPCODE.text, final: (first & FINAL) !== 0 })
      case OPCODE.close:
        return this.#close(payload)
      case OPCODE.ping:
      case OPCODE.pong:
        return this.#options.listener.onControl(opcode, payload)
      case OPCODE.binary:
        return this.#break(BROKEN.binary, 'messages are text')
      default:
        return this.#break(BROKEN.protocol, `a frame of the unknown kind ${opcode}`)
    }
  }

  #fragment(payload: Buffer, { isFirst, final }: { isFirst: boolean; final: boolean }): void {
    if (isFirst !== (this.#fragmentCount === 0)) return this.#break(BROKEN.protocol, 'fragments out of order')
    if (++this.#fragmentCount > FRAGMENTS_MAX) return this.#break(BROKEN.policy, 'too many fragments')
    this.#fragments.append(payload)
    if (!final) return
    this.#fragmentCount = 0
    const bytes = this.#fragments.take()
    this.#text(bytes, 0, bytes.length)
  }

  #text(bytes: Buffer, from: number, to: number): void {
    const text = bytes.toString('utf8', from, to)
    // Reading it takes no longer than a look at whether it can be read.
    if (text.includes(REPLACEMENT) && !isUtf8(bytes.subarray(from, to)))
      this.#break(BROKEN.encoding, 'text that is not UTF-8')
    else this.#options.listener.onText(text)
  }

  #close(payload: Buffer): void {
    const code = payload.length === 0 ? NO_CODE : payload.length === 1 ? 0 : payload.readUInt16BE()
    if (code !== NO_CODE && !isCloseCode(code))
      return this.#break(BROKEN.protocol, 'a close frame without a valid code')
    if (payload.length > 2 && !isUtf8(payload.subarray(2)))
      return this.#break(BROKEN.encoding, 'a reason that is not UTF-8')
    this.#options.listener.onControl(OPCODE.close, payload)
    this.stop()
  }

  #await(bytes: number): undefined {
    this.#needed = bytes
  }

  #break(code: number, reason: string): undefined {
    this.stop()
    this.#options.listener.onBroken(code, reason)
  }
}

function lengthOf(bytes: Buffer, at: number, end: number): number {
  return end - at === 2 ? bytes.readUInt16BE(at) : Number(bytes.readBigUInt64BE(at))
}
