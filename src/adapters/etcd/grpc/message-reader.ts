/** A message is at most this long, in bytes. */
const MESSAGE_BYTES_MAX = 256 * 2 ** 20

/** Before each message: whether it is compressed, and its length. */
const HEAD_BYTES = 5

const NOTHING = Buffer.alloc(0)

/**
 * Reads the messages of a stream of gRPC from what its frames bring: `add` that, then go from one whole message to the next by `next`. A message is left where it
 * is, from `start` up to `end` in `bytes`; only one that comes in pieces is copied.
 */
export class MessageReader {
  bytes: Buffer = NOTHING
  start = 0
  end = 0
  /** What has come, and has not been read: up to `#stop`. */
  #source: Buffer = NOTHING
  #at = 0
  #stop = 0
  /** What is known of a message that is coming in pieces: its head, and then itself, so far. */
  readonly #head = Buffer.alloc(HEAD_BYTES)
  #headBytes = 0
  #message: Buffer | undefined
  #messageBytes = 0

  /** Takes what a frame brings, once `next` has said that there is no more of what came before. */
  add(bytes: Buffer, start: number, end: number): void {
    this.#source = bytes
    this.#at = start
    this.#stop = end
  }

  /** Goes to the next message, if all of it has come. Throws when it is compressed, or longer than messages may be. */
  next(): boolean {
    return (this.#headBytes === 0 && this.#nextInPlace()) || this.#nextInPieces()
  }

  #nextInPlace(): boolean {
    const start = this.#at + HEAD_BYTES
    if (start > this.#stop) return false
    const end = start + lengthIn(this.#source, this.#at)
    if (end > this.#stop) return false
    this.#at = end
    this.#go(this.#source, start, end)
    return true
  }

  #nextInPieces(): boolean {
    if (this.#headBytes < HEAD_BYTES) this.#headBytes += this.#copyTo(this.#head, this.#headBytes)
    if (this.#headBytes < HEAD_BYTES) return false
    this.#message ??= Buffer.allocUnsafe(lengthIn(this.#head, 0))
    const message = this.#message
    this.#messageBytes += this.#copyTo(message, this.#messageBytes)
    if (this.#messageBytes < message.length) return false
    this.#headBytes = 0
    this.#messageBytes = 0
    this.#message = undefined
    this.#go(message, 0, message.length)
    return true
  }

  /** As much as there is, and as goes in; how many bytes that were. */
  #copyTo(target: Buffer, from: number): number {
    const copied = this.#source.copy(target, from, this.#at, this.#stop)
    this.#at += copied
    return copied
  }

  #go(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes
    this.start = start
    this.end = end
  }
}

function lengthIn(head: Buffer, at: number): number {
  if (head[at] !== 0) throw new Error('a message is compressed, though that was not agreed upon')
  const length = head.readUInt32BE(at + 1)
  if (length > MESSAGE_BYTES_MAX) throw new RangeError(`a message is longer than ${MESSAGE_BYTES_MAX} bytes`)
  return length
}

/** A message as it is sent. */
export function messageFrame(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + message.length)
  bytes.writeUInt32BE(message.length, 1)
  bytes.set(message, HEAD_BYTES)
  return bytes
}
