import { ZookeeperProtocolError } from './errors.ts'

const LENGTH_BYTES = 4

/** Cuts a stream of bytes into frames, each after its length, in whatever pieces it comes. Keeps at most one frame. */
export class FrameSplitter {
  readonly #frameBytesMax: number
  /** Pieces of a frame that is not whole yet. */
  #pieces: Buffer[] = []
  #bytes = 0
  /** How many bytes the next frame takes, with its length; just the length's until that is known. */
  #wanted = LENGTH_BYTES

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax
  }

  /** The frames that are whole with `chunk`, in order. Throws `ZookeeperProtocolError` at a length that no frame may have. */
  *push(chunk: Buffer): Generator<Buffer, void, void> {
    this.#pieces.push(chunk)
    this.#bytes += chunk.length
    while (this.#bytes >= this.#wanted) {
      const all = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces)
      const end = LENGTH_BYTES + this.#lengthAt(all)
      const whole = all.length >= end
      this.#pieces = whole ? [all.subarray(end)] : [all]
      this.#bytes = all.length - (whole ? end : 0)
      this.#wanted = whole ? LENGTH_BYTES : end
      if (whole) yield all.subarray(LENGTH_BYTES, end)
    }
  }

  #lengthAt(bytes: Buffer): number {
    const length = bytes.readInt32BE(0)
    if (length >= 0 && length <= this.#frameBytesMax) return length
    throw new ZookeeperProtocolError(`a frame of ${length} bytes, where ${this.#frameBytesMax} is the most`)
  }
}
