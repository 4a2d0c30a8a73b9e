import { abortable, sleep, timeLimit } from '../../core/abort.ts'
import { backoffDelayMs } from '../../core/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { RegistryUnavailableError } from '../errors.ts'
import type { EngineCall } from './engine.ts'
import type { Reachability } from './reachability.ts'

/** The waits before an engine that cannot be reached is asked again: soon, because a blip is the usual case. */
const RETRY = { delayMsMin: 50, delayMsMax: 1_000 }

/** What Calls need. */
export interface CallsOptions {
  readonly url: string
  readonly clock: Clock
  readonly random: Random
  readonly reachability: Reachability
  /** Aborts when the Registry is closed. */
  readonly closing: AbortSignal
  /** The longest wait for an answer, all attempts together, in milliseconds. */
  readonly requestMs: number
}

type Signals = readonly (AbortSignal | undefined)[]

/** How long a call may take, and what else ends it. */
export interface CallLimits {
  readonly signals?: Signals
  /** Default: `requestMs`. */
  readonly limitMs?: number
}

/** Asks an engine: within a limit of time, and again while it cannot be reached. */
export class Calls {
  readonly #options: CallsOptions
  /** What ends the calls under way. A listener on `closing` for each would cost each a look at all the others. */
  readonly #endings = new Set<AbortController>()

  constructor(options: CallsOptions) {
    const { closing } = options
    this.#options = options
    closing.addEventListener('abort', () => this.#endings.forEach(ending => ending.abort(closing.reason)), {
      once: true,
    })
  }

  /**
   * Makes `call`. Rejects with the reason of the first signal that aborts, with `RegistryUnavailableError` when the engine could not be
   * reached within the limit, and with whatever else it rejects with.
   */
  async make<T>(call: (options: EngineCall) => Promise<T>, { signals = [], limitMs }: CallLimits = {}): Promise<T> {
    this.#options.closing.throwIfAborted()
    const ending = new AbortController()
    this.#endings.add(ending)
    try {
      return await this.#insist(call, [ending.signal, ...signals], limitMs ?? this.#options.requestMs)
    } finally {
      this.#endings.delete(ending)
    }
  }

  /** Asks until there is an answer, at most until one of the signals aborts or the limit has passed. */
  async #insist<T>(call: (options: EngineCall) => Promise<T>, given: Signals, limitMs: number): Promise<T> {
    const { clock, url } = this.#options
    using limit = timeLimit(clock, limitMs, { signals: given })
    let cause: unknown
    for (let attempt = 0; !limit.signal.aborted; attempt++) {
      try {
        return await this.#once(call, limit.signal)
      } catch (error) {
        throwIfAborted(given)
        const isReached = !(error instanceof RegistryUnavailableError)
        if (isReached && !limit.signal.aborted) throw error
        if (!isReached || cause === undefined) cause = error
        this.#options.reachability.failed(error)
        await sleep(clock, this.#delayMs(attempt), limit).catch(ignore)
      }
    }
    throwIfAborted(given)
    throw cause instanceof RegistryUnavailableError ? cause : new RegistryUnavailableError(url, { cause })
  }

  async #once<T>(call: (options: EngineCall) => Promise<T>, signal: AbortSignal): Promise<T> {
    const result = await abortable(call({ signal }), signal)
    this.#options.reachability.answered()
    return result
  }

  #delayMs(attempt: number): number {
    return backoffDelayMs(attempt, this.#options.random, RETRY)
  }
}

function throwIfAborted(signals: Signals): void {
  for (const signal of signals) signal?.throwIfAborted()
}

function ignore(): void {}
