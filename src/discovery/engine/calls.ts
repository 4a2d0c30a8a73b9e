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

/** How long a call may take, and what else ends it. */
export interface CallLimits {
  readonly signals?: readonly (AbortSignal | undefined)[]
  /** Default: `requestMs`. */
  readonly limitMs?: number
}

/** Asks an engine: within a limit of time, and again while it cannot be reached. */
export class Calls {
  readonly #options: CallsOptions

  constructor(options: CallsOptions) {
    this.#options = options
  }

  /**
   * Makes `call`. Rejects with the reason of the first signal that aborts, with `RegistryUnavailableError` when the engine could not be
   * reached within the limit, and with whatever else it rejects with.
   */
  async make<T>(call: (options: EngineCall) => Promise<T>, { signals = [], limitMs }: CallLimits = {}): Promise<T> {
    const { clock, closing, requestMs, url } = this.#options
    const given = [closing, ...signals]
    using limit = timeLimit(clock, limitMs ?? requestMs, { signals: given })
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

function throwIfAborted(signals: readonly (AbortSignal | undefined)[]): void {
  for (const signal of signals) signal?.throwIfAborted()
}

function ignore(): void {}
