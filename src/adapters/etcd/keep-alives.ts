import type { Clock } from '../../core/clock.ts'
import { EtcdLeaseNotFoundError } from './errors.ts'
import { KeepAliveStream } from './keep-alive-stream.ts'
import type { OpenStream } from './two-way-stream.ts'

/** What KeepAlives are made of. */
export interface KeepAlivesOptions {
  /** The nodes, for errors. */
  readonly etcd: string
  readonly open: OpenStream
  readonly clock: Clock
  /** The longest wait for an answer, in milliseconds; then the stream is given up, for everybody. */
  readonly answerMs: number
}

/**
 * Renews leases over one stream, opened with the first renewal and again after it was lost. A renewal costs a third of what a request
 * of its own would, and those that are asked for in one turn go in one piece.
 */
export class KeepAlives {
  readonly #options: KeepAlivesOptions
  #stream: KeepAliveStream | undefined
  #closed: Error | undefined

  constructor(options: KeepAlivesOptions) {
    this.#options = options
  }

  /** Rejects with `EtcdLeaseNotFoundError`, or with `EtcdNodeError` when the stream is lost: then the next call opens another one. */
  async renew(lease: string): Promise<void> {
    if (this.#closed) throw this.#closed
    if (this.#stream?.isOpen !== true) this.#stream = new KeepAliveStream(this.#options)
    const ttlSeconds = await this.#stream.renew(lease)
    if (ttlSeconds <= 0) throw new EtcdLeaseNotFoundError(this.#options.etcd)
  }

  close(error: Error): void {
    this.#closed = error
    this.#stream?.end(error)
  }
}
