import { abortable, firstAborted, sleep, timeLimit } from '../../core/abort.ts'
import { backoffDelayMs } from '../../core/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { RegistryUnavailableError } from '../errors.ts'
import type { EngineCall } from './engine.ts'
import type { Reachability } from './reachability.ts'

/** The waits before what was lost is followed again; they grow from soon, because a blip is the usual case. */
const REOPEN = { delayMsMin: 50, delayMsMax: 2_000 }

/** What was followed for this long, in milliseconds, was well: the waits start over. */
const STABLE_MS = 1_000

/** What every Follower of a registry shares. */
export interface FollowerContext {
  readonly url: string
  readonly clock: Clock
  readonly random: Random
  readonly reachability: Reachability
  /** How long the first value may take, in milliseconds. */
  readonly firstMs: number
  /** After how long what is followed is opened anew though all looks well, in milliseconds, give or take a fifth. */
  readonly resyncMs: number
}

/** What to follow, and who hears. */
export interface FollowerOptions<T> {
  readonly context: FollowerContext
  /** Called before each opening. */
  readonly prepare: (call: EngineCall) => Promise<void>
  readonly open: (call: EngineCall) => AsyncIterable<T>
  readonly accept: (value: T) => void
  /** What was followed was lost; it is opened again. */
  readonly lose: () => void
}

/** Follows something of an engine that does not end: opened again with backoff when it is lost, and from time to time anyway. */
export class Follower<T> {
  readonly #options: FollowerOptions<T>
  /** Ends what is followed at the moment. */
  #following = new AbortController()

  constructor(options: FollowerOptions<T>) {
    this.#options = options
  }

  /** Follows until `signal` aborts; then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, reachability } = this.#options.context
    for (let attempt = 0; !signal.aborted; attempt++) {
      const startedAt = clock.now()
      try {
        await this.#follow(signal)
        attempt = -1
      } catch (error) {
        if (signal.aborted) return
        if (clock.now() - startedAt >= STABLE_MS) attempt = 0
        reachability.failed(error)
        this.#options.lose()
        await sleep(clock, backoffDelayMs(attempt, random, REOPEN), { signal }).catch(ignore)
      }
    }
  }

  /** Opens anew what is followed, though all looks well; not what is just being prepared. */
  reopen(): void {
    this.#following.abort()
  }

  /** Follows until it is time to open anew. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { context, open, accept } = this.#options
    const following = new AbortController()
    const signals = [signal, following.signal]
    using limit = timeLimit(context.clock, context.resyncMs * (0.8 + 0.4 * context.random.next()), { signals })
    const ending = new AbortController()
    using call = firstAborted([limit.signal, ending.signal])
    await this.#prepare(limit.signal)
    this.#following = following
    const values = open(call)[Symbol.asyncIterator]()
    try {
      let next = await this.#first(values, limit.signal)
      while (!next.done) {
        accept(next.value)
        next = await abortable(values.next(), limit.signal)
      }
      throw new Error('What was followed ended by itself')
    } catch (error) {
      if (signal.aborted || !limit.signal.aborted) throw error
    } finally {
      ending.abort()
      values.return?.().catch(ignore)
    }
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    using limit = this.#limit(signal)
    await abortable(this.#options.prepare(limit), limit.signal)
  }

  async #first(values: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
    using limit = this.#limit(signal)
    try {
      const first = await abortable(values.next(), limit.signal)
      this.#options.context.reachability.answered()
      return first
    } catch (error) {
      const isLate = limit.signal.aborted && !signal.aborted
      throw isLate ? new RegistryUnavailableError(this.#options.context.url, { cause: error }) : error
    }
  }

  #limit(signal: AbortSignal) {
    const { clock, firstMs } = this.#options.context
    return timeLimit(clock, firstMs, { signal })
  }
}

function ignore(): void {}
