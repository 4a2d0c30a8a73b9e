import { abortable, sleep, timeLimit, type Abortable } from '../../core/abort.ts'
import { backoffDelayMs } from '../../core/backoff.ts'
import { elapsedMs } from '../../core/elapsed.ts'
import { RopewalkError } from '../../core/error.ts'
import { RegistryUnavailableError } from '../errors.ts'
import type { DrainReport } from '../lease.ts'
import type { EngineCall, EngineNote, EngineNotes } from './engine.ts'
import type { FollowerContext } from './follower.ts'

/** Whom to wait for, and how long. */
export interface DrainWaitOptions {
  readonly serviceName: string
  /** The revision of the engine that every reader is to work with. */
  readonly revision: number
  readonly drainMs: number
  /** When the drain was asked for. */
  readonly startedAt: number
  /** The wait for those who leave no notes, in milliseconds. */
  readonly quietMs: number
  readonly notes: EngineNotes | undefined
  readonly context: FollowerContext
}

/**
 * Waits until the notes of all that watch a service say that they work with a revision, or are gone, and then for the quiet period; no
 * longer than to the limit. Rejects with the reason of `signal`.
 */
export class DrainWait {
  readonly #options: DrainWaitOptions
  readonly #waitedFor = new Set<string>()
  #missing: readonly EngineNote[] = []

  constructor(options: DrainWaitOptions) {
    this.#options = options
  }

  async run({ signal }: Abortable): Promise<DrainReport> {
    const { context, drainMs, startedAt } = this.#options
    const { clock } = context
    using limit = timeLimit(clock, Math.max(0, startedAt + drainMs - clock.now()), { signal })
    const acknowledged = await this.#isAcknowledged(limit)
    signal?.throwIfAborted()
    const missing = this.#missing.map(({ name }) => name)
    return { acknowledged, watchers: this.#waitedFor.size, missing, tookMs: elapsedMs(clock, startedAt) }
  }

  /** Whether all of it came about before the signal aborted. */
  async #isAcknowledged(call: EngineCall): Promise<boolean> {
    const { notes, quietMs, context } = this.#options
    try {
      if (notes) await this.#untilRead(notes, call)
      if (quietMs > 0) await sleep(context.clock, quietMs, call)
      return true
    } catch (error) {
      if (call.signal.aborted) return false
      throw error
    }
  }

  /** Follows the notes, again when the engine is lost. */
  async #untilRead(notes: EngineNotes, call: EngineCall): Promise<void> {
    const { clock, random, reachability } = this.#options.context
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#untilAllHaveRead(notes, call)
      } catch (error) {
        call.signal.throwIfAborted()
        if (isRefusal(error)) throw error
        reachability.failed(error)
        await sleep(clock, backoffDelayMs(attempt, random), call)
      }
    }
  }

  async #untilAllHaveRead(notes: EngineNotes, call: EngineCall): Promise<void> {
    const { serviceName, revision } = this.#options
    const values = notes.follow(serviceName, call)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { done, value } = await abortable(values.next(), call.signal)
        if (done) throw new Error('The notes ended by themselves')
        for (const { reader } of value) this.#waitedFor.add(reader)
        this.#missing = value.filter(note => note.revision < revision)
        if (this.#missing.length === 0) return
      }
    } finally {
      values.return?.().catch(ignore)
    }
  }
}

/** An answer, and one that will stay the same. */
function isRefusal(error: unknown): boolean {
  return error instanceof RopewalkError && !(error instanceof RegistryUnavailableError)
}

function ignore(): void {}
