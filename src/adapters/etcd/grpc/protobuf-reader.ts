/** A number takes no more bytes than this. */
const NUMBER_BYTES_MAX = 10

/** Goes through the fields of a protobuf message that stands from `start` up to `end` in `bytes`: numbers, and what has a length. */
export class ProtobufReader {
  readonly #bytes: Buffer
  readonly #end: number
  #at: number
  /** The number of the field. */
  field = 0
  /** What it says, if that is a number; above 2⁵³, and below 0, only about. */
  number = 0
  /** Where what it says begins and ends, if that has a length. */
  start = 0
  end = 0

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** Goes to the next field, if there is one. Throws when it is not like that. */
  next(): boolean {
    if (this.#at >= this.#end) return false
    const tag = this.#varint()
    this.field = Math.floor(tag / 8)
    const type = tag % 8
    if (type === 0) this.number = this.#varint()
    else if (type === 2) this.#passOver(this.#varint())
    else if (type === 1 || type === 5) this.#passOver(type === 1 ? 8 : 4)
    else throw new RangeError(`a field of protobuf has type ${type}`)
    return true
  }

  /** The text it says. */
  text(): string {
    return this.#bytes.toString('utf8', this.start, this.end)
  }

  /** The message in it. */
  message(): ProtobufReader {
    return new ProtobufReader(this.#bytes, this.start, this.end)
  }

  #passOver(length: number): void {
    this.start = this.#at
    this.end = this.#at + length
    if (this.end > this.#end) throw new RangeError('a message of protobuf breaks off')
    this.#at = this.end
  }

  #varint(): number {
    const bytes = this.#bytes
    let [value, factor, byte] = [0, 1, 128]
    const stop = this.#at + NUMBER_BYTES_MAX
    for (; byte >= 128; factor *= 128) {
      if (this.#at >= stop) throw new RangeError('a number of protobuf is too long')
      if (this.#at >= this.#end) throw new RangeError('a message of protobuf breaks off')
      byte = bytes[this.#at++] as number
      value += (byte & 127) * factor
    }
    return value
  }
}
