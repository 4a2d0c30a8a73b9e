import { afterLimit } from '../../core/after-limit.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { cancelError } from './answer-error.ts'
import { EtcdCompactedError, EtcdNodeError, EtcdTokenError } from './errors.ts'
import type { WatchQuestion } from './messages.ts'
import type { OpenWatches, OutgoingWatches } from './outgoing-watches.ts'
import type { WatchAnswer } from './watch-answer.ts'
import type { WatchListener, WatchRequest } from './watch-listener.ts'

/** What a WatchStream is made of. */
export interface WatchStreamOptions {
  readonly etcd: string
  readonly open: OpenWatches
  readonly forgetToken: () => void
  readonly clock: Clock
  readonly progressMs: number
  /** The stream is over, and nobody is on it. */
  readonly onEnd: () => void
}

interface Watch {
  readonly id: number
  readonly request: WatchRequest
  readonly listener: WatchListener
}

/**
 * One stream with any number of watches. It is asked for a sign of life all the time: TCP alone notices for minutes not that nobody is there any
 * more. Without a watch it is closed at the next of these times.
 */
export class WatchStream {
  readonly #options: WatchStreamOptions
  readonly #watches = new Map<number, Watch>()
  /** Those that etcd has not answered for, in the order in which they were asked for. */
  readonly #asked: Watch[] = []
  #lastId = 0
  #stream: OutgoingWatches | undefined
  #outgoing: WatchQuestion[] = []
  #sending = false
  #timer: Timer
  #heard = true
  #ended: Error | undefined
  #tokenTaken = true

  constructor(options: WatchStreamOptions) {
    this.#options = options
    const listener = { onAnswer: (answer: WatchAnswer) => this.#hear(answer), onEnd: (error: Error) => this.end(error) }
    options.open(listener).then(
      stream => this.#begin(stream),
      (error: unknown) => this.end(error as Error),
    )
    this.#timer = afterLimit(options.clock, options.progressMs, () => this.#look())
  }

  /** Whether another watch may be added. */
  get accepts(): boolean {
    return this.#ended === undefined && this.#tokenTaken
  }

  add(request: WatchRequest, listener: WatchListener): () => void {
    const watch: Watch = { id: ++this.#lastId, request, listener }
    this.#watches.set(watch.id, watch)
    this.#asked.push(watch)
    const { range, fromRevision } = request
    this.#send({ create_request: { ...range, start_revision: String(fromRevision), watch_id: String(watch.id) } })
    return () => {
      if (this.#watches.delete(watch.id)) this.#send({ cancel_request: { watch_id: String(watch.id) } })
    }
  }

  /** Ends every watch with `error`. */
  end(error: Error): void {
    if (this.#ended) return
    this.#ended = error
    this.#timer.cancel()
    if (error instanceof EtcdTokenError) this.#options.forgetToken()
    this.#options.onEnd()
    this.#stream?.end(error)
    const watches = [...this.#watches.values()]
    this.#watches.clear()
    for (const { listener } of watches) listener.onEnd(error)
  }

  #begin(stream: OutgoingWatches): void {
    if (this.#ended) return stream.end(this.#ended)
    this.#stream = stream
    this.#sendSoon()
  }

  #send(question: WatchQuestion): void {
    this.#outgoing.push(question)
    this.#sendSoon()
  }

  /** After what else is said in this turn. */
  #sendSoon(): void {
    if (this.#sending || !this.#stream) return
    this.#sending = true
    queueMicrotask(() => {
      this.#sending = false
      this.#stream?.send(this.#outgoing)
      this.#outgoing = []
    })
  }

  /** Looks whether anything has come since the last look. */
  #look(): void {
    const { etcd, clock, progressMs } = this.#options
    if (this.#watches.size === 0) return this.end(new Error('Nobody watches'))
    if (!this.#heard) return this.end(new EtcdNodeError(etcd, `no sign of life from its watches for ${progressMs} ms`))
    this.#heard = false
    this.#send({ progress_request: {} })
    this.#timer = afterLimit(clock, progressMs, () => this.#look())
  }

  #hear(answer: WatchAnswer): void {
    this.#heard = true
    if (this.#ended) return
    const { isCreated, isCancelled, events } = answer
    const watch = isCreated ? this.#asked.shift() : this.#watches.get(answer.watchId)
    if (!watch || !this.#watches.has(watch.id)) return
    if (isCancelled) return this.#cancelled(watch, answer)
    if (isCreated) return this.#created(watch, answer)
    const last = events.at(-1)
    if (last) watch.listener.onEvents(events, last.revision)
  }

  /** etcd would wait in silence for a revision that it has not got to: one of data it has lost, or one it has yet to hear of. */
  #created(watch: Watch, { revision }: WatchAnswer): void {
    const { fromRevision } = watch.request
    if (revision >= fromRevision - 1) return
    const problem = `it is at revision ${revision}, and not yet, or no longer, at ${fromRevision - 1}`
    this.#drop(watch, new EtcdNodeError(this.#options.etcd, problem))
    this.#send({ cancel_request: { watch_id: String(watch.id) } })
  }

  #cancelled(watch: Watch, { compactedRevision, reason }: WatchAnswer): void {
    const { etcd, forgetToken } = this.#options
    if (compactedRevision > 0) return this.#drop(watch, new EtcdCompactedError(etcd, compactedRevision))
    const error = cancelError(etcd, reason)
    if (error instanceof EtcdTokenError && this.#tokenTaken) {
      this.#tokenTaken = false
      forgetToken()
    }
    this.#drop(watch, error)
  }

  #drop(watch: Watch, error: Error): void {
    this.#watches.delete(watch.id)
    watch.listener.onEnd(error)
  }
}
