import { Readable } from 'node:stream'
import { errors } from 'undici'
import type { BodySource } from './fetch/response-body.ts'

/** So many bytes are read before anybody wants them; then the connection waits. */
const AHEAD_BYTES_MAX = 64 * 1024

/** A body longer than this is not worth reading to keep its connection, unless it is said otherwise. */
const DUMP_BYTES_MAX = 128 * 1024

const TEXT = new TextDecoder()

/**
 * The body of an answer as undici's `request` gives it: a Readable that can as well be taken as a whole. undici reads it by way of the stream in either
 * case; this one collects what comes and is a stream only for who reads it as one, which for a small body halves the cost of a request.
 */
export class LightBody extends Readable {
  readonly #source: BodySource
  readonly #type: string
  /** What has come; undefined once it is read as a stream. */
  #chunks: Buffer[] | undefined = []
  #bytes = 0
  #complete = false
  #whole: PromiseWithResolvers<Buffer> | undefined

  constructor(source: BodySource, type: string | undefined) {
    super()
    this.#source = source
    this.#type = type ?? ''
  }

  /** Whether anybody has read of it. */
  get bodyUsed(): boolean {
    return this.#whole !== undefined || Readable.isDisturbed(this)
  }

  /** The same as a stream of the web. */
  get body(): ReadableStream {
    return Readable.toWeb(this) as ReadableStream
  }

  async text(): Promise<string> {
    return TEXT.decode(await this.#all())
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#all())
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.bytes()], { type: this.#type })
  }

  /** As with undici, there is none. */
  async formData(): Promise<never> {
    throw new errors.NotSupportedError('formData() is for fetch')
  }

  /** Reads what is left for nobody, so that the connection can be used again; gives it up when that is more than `limit` bytes. */
  async dump({ limit = DUMP_BYTES_MAX, signal }: { limit?: number; signal?: AbortSignal } = {}): Promise<null> {
    signal?.throwIfAborted()
    if (this.closed) return null
    const closed = Promise.withResolvers<void>()
    const abort = () => void this.destroy(signal?.reason as Error)
    signal?.addEventListener('abort', abort, { once: true })
    let bytes = 0
    this.on('close', closed.resolve)
      .on('error', ignore)
      .on('data', (chunk: Buffer) => void ((bytes += chunk.length) > limit && this.destroy()))
    await closed.promise
    signal?.removeEventListener('abort', abort)
    signal?.throwIfAborted()
    return null
  }

  /** The next bytes have come. */
  receive(chunk: Buffer): void {
    if (this.#chunks === undefined) {
      if (!this.push(chunk)) this.#source.pause()
      return
    }
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (!this.#whole && this.#bytes >= AHEAD_BYTES_MAX) this.#source.pause()
  }

  /** All has come. */
  end(): void {
    this.#complete = true
    if (this.#chunks === undefined) this.push(null)
    else if (this.#whole) this.#give(this.#chunks)
  }

  /** It has broken off. */
  fail(error: Error): void {
    this.#complete = true
    this.on('error', ignore).destroy(error)
  }

  override _read(): void {
    const chunks = this.#chunks
    this.#chunks = undefined
    for (const chunk of this.#whole ? [] : (chunks ?? [])) this.push(chunk)
    if (chunks && this.#complete) this.push(null)
    else this.#source.resume()
  }

  override _destroy(given: Error | null, callback: (error: Error | null) => void): void {
    const isCut = !this.#complete
    const error = given ?? (isCut ? new errors.RequestAbortedError() : null)
    if (isCut) this.#source.cancel(error as Error)
    this.#complete = true
    this.#whole?.reject(error ?? new errors.RequestAbortedError())
    // Whoever gets the answer in this turn is yet to listen.
    setImmediate(callback, error)
  }

  async #all(): Promise<Buffer> {
    if (this.bodyUsed || this.destroyed) throw this.errored ?? new TypeError('unusable')
    const whole = Promise.withResolvers<Buffer>()
    this.#whole = whole
    if (this.#complete) this.#give(this.#chunks ?? [])
    else this.#source.resume()
    return whole.promise
  }

  /** Whoever listens for the end of the stream hears of it, and whoever comes later. */
  #give(chunks: readonly Buffer[]): void {
    this.#whole?.resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    if (this.listenerCount('end') + this.listenerCount('close') > 0) this.resume()
  }
}

function ignore(): void {}
