import { ZookeeperProtocolError } from './errors.ts'

const UNSIGNED = 2 ** 32

/** The highest zxid that is taken: above it, JavaScript's numbers cannot tell two of them apart. */
const ZXID_MAX = Number.MAX_SAFE_INTEGER

/**
 * Reads records as ZooKeeper encodes them ("jute"). Whatever the bytes are, it stays within them: what does not fit throws
 * `ZookeeperProtocolError`, and nothing is allocated for a length that is not there.
 */
export class JuteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#advance(4))
  }

  long(): bigint {
    return this.#bytes.readBigInt64BE(this.#advance(8))
  }

  /**
   * The number of a transaction. It is 32 bits of the leader's epoch and 32 of a counter: a JavaScript number holds it for the first two
   * million elections. Beyond, it is refused rather than rounded.
   */
  zxid(): number {
    const at = this.#advance(8)
    const value = this.#bytes.readUInt32BE(at) * UNSIGNED + this.#bytes.readUInt32BE(at + 4)
    if (value > ZXID_MAX) throw new ZookeeperProtocolError(`the transaction number ${value} is above 2^53`)
    return value
  }

  boolean(): boolean {
    return this.#bytes[this.#advance(1)] !== 0
  }

  /** A copy of the bytes, so that it does not keep the whole frame; of none (length -1) an empty one. */
  buffer(): Buffer {
    const length = this.#length()
    return Buffer.from(this.#bytes.subarray(this.#at - length, this.#at))
  }

  string(): string {
    const length = this.#length()
    return this.#bytes.toString('utf8', this.#at - length, this.#at)
  }

  strings(): string[] {
    const count = Math.max(0, this.int())
    // Each takes at least its length.
    if (count * 4 > this.left) throw new ZookeeperProtocolError(`a list of ${count} texts in ${this.left} bytes`)
    return Array.from({ length: count }, () => this.string())
  }

  skip(bytes: number): void {
    this.#advance(bytes)
  }

  /** Reads a length and moves behind what it is the length of. */
  #length(): number {
    const length = Math.max(0, this.int())
    this.#advance(length)
    return length
  }

  /** Moves on by so many bytes; returns where they begin. */
  #advance(bytes: number): number {
    const at = this.#at
    if (bytes > this.left) throw new ZookeeperProtocolError(`${bytes} bytes were expected where ${this.left} are left`)
    this.#at += bytes
    return at
  }
}
