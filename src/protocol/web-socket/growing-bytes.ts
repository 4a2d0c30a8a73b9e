/** The first room that is made, in bytes. */
const ROOM_BYTES_MIN = 1024

/**
 * Bytes that come in pieces, put together. Each piece is copied, so that whoever brought it may use its memory again; the room doubles, so that
 * every byte is copied about twice however small the pieces are.
 */
export class GrowingBytes {
  #room: Buffer | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  append(piece: Buffer): void {
    if (piece.length === 0) return
    const room = this.#roomFor(this.#length + piece.length)
    piece.copy(room, this.#length)
    this.#length += piece.length
  }

  /** All that was appended, in one piece; nothing is left here. */
  take(): Buffer {
    const bytes = this.#room?.subarray(0, this.#length) ?? Buffer.alloc(0)
    this.#room = undefined
    this.#length = 0
    return bytes
  }

  #roomFor(bytes: number): Buffer {
    if (this.#room && this.#room.length >= bytes) return this.#room
    const room = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * (this.#room?.length ?? 0), ROOM_BYTES_MIN))
    this.#room?.copy(room, 0, 0, this.#length)
    this.#room = room
    return room
  }
}
