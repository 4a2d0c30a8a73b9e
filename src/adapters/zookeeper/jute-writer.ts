const BYTES_AT_FIRST = 1024

/**
 * Writes records as ZooKeeper encodes them ("jute"): numbers big-endian, texts and buffers after their length, lists after their count.
 * Whole frames are put one after the other, so that all that is said in one turn of the event loop is one piece of bytes.
 */
export class JuteWriter {
  #bytes = Buffer.allocUnsafe(BYTES_AT_FIRST)
  #length = 0

  /** How many bytes wait to be taken. */
  get length(): number {
    return this.#length
  }

  /** Writes one frame: what `write` writes, after its length. */
  frame(write: () => void): void {
    const at = this.#reserve(4)
    write()
    this.#bytes.writeInt32BE(this.#length - at - 4, at)
  }

  int(value: number): void {
    const at = this.#reserve(4)
    this.#bytes.writeInt32BE(value, at)
  }

  long(value: bigint): void {
    const at = this.#reserve(8)
    this.#bytes.writeBigInt64BE(value, at)
  }

  boolean(value: boolean): void {
    const at = this.#reserve(1)
    this.#bytes[at] = value ? 1 : 0
  }

  buffer(value: Uint8Array): void {
    this.int(value.length)
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
  }

  string(value: string): void {
    const bytes = Buffer.byteLength(value)
    this.int(bytes)
    const at = this.#reserve(bytes)
    this.#bytes.write(value, at)
  }

  /** All that was written; the writer begins anew. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#bytes = Buffer.allocUnsafe(BYTES_AT_FIRST)
    this.#length = 0
    return taken
  }

  #reserve(bytes: number): number {
    const at = this.#length
    this.#length += bytes
    if (this.#length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length))
      this.#bytes.copy(grown, 0, 0, at)
      this.#bytes = grown
    }
    return at
  }
}
