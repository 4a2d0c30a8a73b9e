import { FRAME, FRAME_BYTES_MAX, frame } from './frame.ts'

/** What either side may send before the other has said that it may more, unless that was agreed upon. */
const WINDOW_BYTES = 65_535

/** What is to be sent on a stream of HTTP/2, which goes out only as far as the other side says it has room for it. */
export class OutgoingData {
  readonly #stream: number
  #waiting: Buffer = Buffer.alloc(0)
  #connectionWindow = WINDOW_BYTES
  #streamWindow = WINDOW_BYTES
  #initialWindow = WINDOW_BYTES

  constructor(stream: number) {
    this.#stream = stream
  }

  add(bytes: Buffer): void {
    this.#waiting = Buffer.concat([this.#waiting, bytes])
  }

  /** The other side has other room for each stream than was thought. */
  resize(initialWindow: number): void {
    this.#streamWindow += initialWindow - this.#initialWindow
    this.#initialWindow = initialWindow
  }

  /** The other side has more room, on a stream or (0) on the whole connection. */
  widen(stream: number, bytes: number): void {
    if (stream === 0) this.#connectionWindow += bytes
    else if (stream === this.#stream) this.#streamWindow += bytes
  }

  /** The frames that may be sent now. */
  take(): Buffer {
    const frames: Buffer[] = []
    for (let bytes = this.#room; bytes > 0; bytes = this.#room) {
      frames.push(frame(FRAME.data, { stream: this.#stream }, this.#waiting.subarray(0, bytes)))
      this.#waiting = this.#waiting.subarray(bytes)
      this.#connectionWindow -= bytes
      this.#streamWindow -= bytes
    }
    return Buffer.concat(frames)
  }

  get #room(): number {
    return Math.min(this.#waiting.length, this.#connectionWindow, this.#streamWindow, FRAME_BYTES_MAX)
  }
}
