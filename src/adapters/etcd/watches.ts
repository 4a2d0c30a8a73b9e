import type { Clock } from '../../core/clock.ts'
import type { OpenWatches } from './outgoing-watches.ts'
import type { WatchListener, WatchRequest } from './watch-listener.ts'
import { WatchStream } from './watch-stream.ts'

/** What Watches are made of. */
export interface WatchesOptions {
  /** The nodes, for errors. */
  readonly etcd: string
  readonly open: OpenWatches
  /** The token that streams are opened with is not taken any more. */
  readonly forgetToken: () => void
  readonly clock: Clock
  /** How often a stream is asked for a sign of life, in milliseconds. */
  readonly progressMs: number
}

/**
 * All watches of one process, on one stream. Another one is opened only beside a stream whose token has run out: that goes on for the
 * watches it has, but takes no more.
 */
export class Watches {
  readonly #options: WatchesOptions
  readonly #streams = new Set<WatchStream>()
  #newest: WatchStream | undefined
  #closed: Error | undefined

  constructor(options: WatchesOptions) {
    this.#options = options
  }

  /** Begins a watch; it ends by the returned function, without a word, or with an error. */
  add(request: WatchRequest, listener: WatchListener): () => void {
    const closed = this.#closed
    if (closed) {
      queueMicrotask(() => listener.onEnd(closed))
      return () => {}
    }
    return this.#current().add(request, listener)
  }

  close(error: Error): void {
    this.#closed = error
    for (const stream of this.#streams) stream.end(error)
  }

  #current(): WatchStream {
    if (this.#newest?.accepts === true) return this.#newest
    const stream: WatchStream = new WatchStream({ ...this.#options, onEnd: () => this.#streams.delete(stream) })
    this.#streams.add(stream)
    this.#newest = stream
    return stream
  }
}
