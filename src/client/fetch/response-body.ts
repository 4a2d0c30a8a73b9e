/** So many bytes are read before anybody wants them; then the connection waits. */
const AHEAD_BYTES_MAX = 64 * 1024

const UNWANTED = new Error('Nobody reads this body')

/** Whence the bytes come. */
export interface BodySource {
  pause(): void
  resume(): void
  /** Nobody wants the rest. */
  cancel(reason: Error): void
}

/**
 * The bytes of an answer as they come. They are wanted once: as a whole, which costs next to nothing, or as a stream, which is made only then. Small
 * ones come by themselves, of long ones no more than is wanted.
 */
export class ResponseBody {
  readonly #source: BodySource
  #chunks: Uint8Array[] = []
  #bytes = 0
  #complete = false
  /** What has broken it off, which may be anything, for signals are aborted with anything. */
  #failure: { readonly error: unknown } | undefined
  /** Whether nobody reads it. */
  #unwanted = false
  #whole: PromiseWithResolvers<Buffer> | undefined
  #stream: ReadableByteStreamController | undefined

  constructor(source: BodySource) {
    this.#source = source
  }

  /** All of it. Rejects with what has broken it off. */
  whole(): Promise<Buffer> {
    this.#whole = Promise.withResolvers()
    this.#settle()
    if (!this.#complete) this.#source.resume()
    return this.#whole.promise
  }

  /** All of it, as a stream that reads no faster than it is read. */
  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      type: 'bytes',
      start: controller => {
        this.#stream = controller
        for (const chunk of this.#chunks.splice(0)) this.#enqueue(chunk)
        this.#settle()
      },
      pull: () => this.#source.resume(),
      cancel: reason => {
        this.#stream = undefined
        this.#unwanted = true
        this.#source.cancel(reason as Error)
      },
    })
  }

  /** Reads what little there is for nobody, so that the connection can be used again; gives it up when that is much. */
  discard(): void {
    this.#unwanted = true
  }

  /** Nobody wants it. */
  cancel(reason: Error): void {
    if (!this.#complete) this.#source.cancel(reason)
  }

  onData(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    if (this.#unwanted) return this.#bytes > AHEAD_BYTES_MAX ? this.cancel(UNWANTED) : undefined
    if (this.#stream) return this.#enqueue(chunk)
    this.#chunks.push(chunk)
    if (!this.#whole && this.#bytes >= AHEAD_BYTES_MAX) this.#source.pause()
  }

  onEnd(): void {
    if (this.#complete) return
    this.#complete = true
    this.#settle()
  }

  onError(error: unknown): void {
    if (!this.#complete) this.#failure = { error }
    this.onEnd()
  }

  #enqueue(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#source.pause() // Before: a reader that waits asks for more at once.
    // The stream takes the memory away from whoever has it, and a chunk is a part of what was received.
    this.#stream?.enqueue(new Uint8Array(chunk))
  }

  #settle(): void {
    if (!this.#complete) return
    if (this.#failure) {
      this.#whole?.reject(this.#failure.error)
      this.#stream?.error(this.#failure.error)
    } else {
      this.#whole?.resolve(this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks))
      this.#stream?.close()
      this.#stream?.byobRequest?.respond(0)
    }
  }
}
