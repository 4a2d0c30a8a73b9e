import { isAscii, isUtf8 } from 'node:buffer'
import { BROKEN, isCloseCode, NO_CODE } from './close-code.ts'
import type { Role } from './encode-frame.ts'
import { GrowingBytes } from './growing-bytes.ts'
import { unmask } from './mask.ts'
import { CONTROL_BYTES_MAX, FINAL, MASKED, OPCODE } from './opcode.ts'

/** The most frames that one message may be cut into. */
const FRAGMENTS_MAX = 10_000

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
  readonly listener: FrameListener
}

/** Where the parts of a frame are. */
interface Head {
  readonly opcode: number
  readonly final: boolean
  readonly payloadAt: number
  readonly end: number
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
  #over = false

  constructor(options: FrameDecoderOptions) {
    this.#options = options
  }

  /** The next bytes; they are changed (unmasked), and not kept. */
  push(chunk: Buffer): void {
    if (this.#waiting.length === 0) return this.#decode(chunk)
    this.#waiting.append(chunk)
    if (this.#waiting.length >= this.#needed) this.#decode(this.#waiting.take())
  }

  /** Finds nothing any more. */
  stop(): void {
    this.#over = true
    this.#waiting.take()
    this.#fragments.take()
  }

  #decode(bytes: Buffer): void {
    let at = 0
    while (!this.#over) {
      const head = this.#head(bytes, at)
      if (!head) break
      this.#frame(bytes, head)
      at = head.end
    }
    if (!this.#over && at < bytes.length) this.#waiting.append(bytes.subarray(at))
  }

  /** Undefined when there is not yet a whole frame, or never will be. */
  #head(bytes: Buffer, at: number): Head | undefined {
    const have = bytes.length - at
    if (have < 2) return this.#await(2)
    const [first, second] = [bytes[at] as number, bytes[at + 1] as number]
    const isMasked = (second & MASKED) !== 0
    if ((first & 0x70) !== 0) return this.#break(BROKEN.protocol, 'a frame of an extension')
    if (isMasked !== (this.#options.from === 'client')) return this.#break(BROKEN.protocol, 'a frame masked wrongly')
    const short = second & 0x7f
    const lengthAt = at + 2
    const maskAt = lengthAt + (short < 126 ? 0 : short === 126 ? 2 : 8)
    if (bytes.length < maskAt) return this.#await(maskAt - at)
    const length = short < 126 ? short : lengthOf(bytes, lengthAt, maskAt)
    const opcode = first & 0x0f
    const final = (first & FINAL) !== 0
    if (opcode >= OPCODE.close && (!final || length > CONTROL_BYTES_MAX)) {
      return this.#break(BROKEN.protocol, 'a control frame that is too long or cut')
    }
    if (length + this.#fragments.length > this.#options.messageBytesMax) {
      return this.#break(BROKEN.tooLong, 'a message that is too long')
    }
    const payloadAt = maskAt + (isMasked ? 4 : 0)
    const end = payloadAt + length
    if (bytes.length < end) return this.#await(end - at)
    if (isMasked) unmask(bytes, maskAt, end)
    return { opcode, final, payloadAt, end }
  }

  #frame(bytes: Buffer, { opcode, final, payloadAt, end }: Head): void {
    const payload = bytes.subarray(payloadAt, end)
    if (opcode === OPCODE.text && final && this.#fragmentCount === 0) return this.#text(payload)
    switch (opcode) {
      case OPCODE.text:
      case OPCODE.continuation:
        return this.#fragment(payload, { isFirst: opcode === OPCODE.text, final })
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
    this.#text(this.#fragments.take())
  }

  #text(payload: Buffer): void {
    if (isAscii(payload)) this.#options.listener.onText(payload.toString('latin1'))
    else if (isUtf8(payload)) this.#options.listener.onText(payload.toString('utf8'))
    else this.#break(BROKEN.encoding, 'text that is not UTF-8')
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
