import type { Clock } from '../../core/clock.ts'
import { EventStream, type StreamEvent } from '../../web/event-stream.ts'
import type { Exchange } from '../../web/router.ts'
import { TooManyStreamsError } from './errors.ts'
import { Feed } from './feed.ts'

/** How many event streams are open at most at a time. */
const STREAMS_MAX = 10_000

/** What a stream tells, and when. */
export interface StreamSource {
  /** The event of the present state; undefined if the client has it already. */
  readonly newest: () => StreamEvent | undefined
  /** Calls `onChange` whenever the state has changed, until the function it returns is called. */
  readonly watch: (onChange: () => void) => () => void
}

/** The event streams of a daemon that are open. */
export class Streams {
  readonly #clock: Clock
  readonly #max: number
  readonly #open = new Set<EventStream>()
  #isClosed = false

  constructor(clock: Clock, { max = STREAMS_MAX }: { max?: number } = {}) {
    this.#clock = clock
    this.#max = max
  }

  /** Answers with a stream: the present state at once, then the newest after each change. Throws `TooManyStreamsError`, and what `watch` throws. */
  serve({ request, response }: Exchange, { newest, watch }: StreamSource): void {
    if (this.#open.size >= this.#max) throw new TooManyStreamsError(this.#max)
    let feed: Feed | undefined
    // First, for once the answer has begun it cannot be refused any more.
    const unwatch = watch(() => feed?.wake())
    const stream = new EventStream(request, response, { clock: this.#clock })
    if (this.#isClosed) stream.close()
    if (stream.signal.aborted) return unwatch()
    feed = new Feed(stream, newest)
    // Not by one signal for all, which would be slower with each who listens.
    this.#open.add(stream)
    stream.signal.addEventListener('abort', () => {
      this.#open.delete(stream)
      unwatch()
    })
    feed.wake()
  }

  /** Ends those that are open: their readers ask again. */
  endAll(): void {
    for (const stream of this.#open) stream.close()
  }

  /** Ends them all, and those that are still asked for. */
  close(): void {
    this.#isClosed = true
    this.endAll()
  }
}
