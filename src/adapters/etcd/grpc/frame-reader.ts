import { FLAG, FRAME, FRAME_BYTES_MAX, FRAME_HEAD_BYTES } from './frame.ts'

const NOTHING = Buffer.alloc(0)
const PRIORITY_BYTES = 5

/**
 * Reads frames of HTTP/2 as their bytes come: `add` what has come, then go from one whole frame to the next by `next`. What a frame brings is left where it is,
 * from `start` up to `end` in `bytes`, and stays there until the next `add`; only a frame that comes in pieces is copied.
 */
export class FrameReader {
  type = 0
  flags = 0
  /** The stream it belongs to; 0: the connection. */
  stream = 0
  /** How long it was, with what only filled it. */
  length = 0
  bytes: Buffer = NOTHING
  start = 0
  end = 0
  #at = 0

  /** Takes what has come. What it is in may be written to again once `next` has said that there is no more. */
  add(bytes: Buffer): void {
    this.bytes = this.bytes.length === 0 ? bytes : Buffer.concat([this.bytes, bytes])
    this.#at = 0
  }

  /** Goes to the next frame, if all of it has come. Throws when it is longer than frames may be. */
  next(): boolean {
    const [bytes, at] = [this.bytes, this.#at]
    const start = at + FRAME_HEAD_BYTES
    if (start <= bytes.length) {
      const length = bytes.readUInt32BE(at) >>> 8
      if (length > FRAME_BYTES_MAX) throw new RangeError(`a frame of ${length} bytes is longer than ${FRAME_BYTES_MAX}`)
      if (start + length <= bytes.length) {
        this.#go(start, start + length)
        return true
      }
    }
    this.bytes = at < bytes.length ? Buffer.from(bytes.subarray(at)) : NOTHING
    return false
  }

  #go(start: number, end: number): void {
    const { bytes } = this
    this.type = bytes.readUInt8(start - 6)
    this.flags = bytes.readUInt8(start - 5)
    this.stream = bytes.readUInt32BE(start - 4) & 0x7f_ff_ff_ff
    this.length = end - start
    this.start = start
    this.end = end
    this.#at = end
    if (this.type <= FRAME.headers && (this.flags & (FLAG.padded | FLAG.priority)) !== 0) this.#strip()
  }

  /** Leaves out what only fills, and what says who goes first. */
  #strip(): void {
    if ((this.flags & FLAG.padded) !== 0) {
      this.end -= this.bytes.readUInt8(this.start)
      this.start++
    }
    if (this.type === FRAME.headers && (this.flags & FLAG.priority) !== 0) this.start += PRIORITY_BYTES
    if (this.start > this.end) throw new RangeError('a frame is filled with more than there is of it')
  }
}
