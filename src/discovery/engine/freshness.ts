import { abortable, timeLimit, type Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'

/** How long who joins a watch waits for what it follows, in milliseconds; then the engine is asked anew. */
const REACH_MS = 1_000

/** What Freshness needs. */
export interface FreshnessOptions {
  readonly clock: Clock
  /** Has the engine asked anew, by another opening. */
  readonly reopen: () => void
}

/** What this process has written last: to be seen at that revision, or by any opening after so many. */
interface Written {
  readonly revision: number
  readonly openings: number
}

/**
 * Whether what is followed shows all that this process itself has written: it may lag behind the answers to writes, which come another way. It
 * does when it was told of the revision of the last write, or is of an opening that began after the answer to that, for an opening begins
 * with all there is. The second decides where a revision does not come: the engine could not tell it, it was of other data, or what is
 * followed has been lost and is on its way again.
 */
export class Freshness {
  readonly #options: FreshnessOptions
  #written: Written = { revision: 0, openings: -1 }
  #openings = 0
  /** What was told last: its revision, and which opening it is of. */
  #revision = 0
  #opening = 0
  #isLost = false
  #closed: Error | undefined
  /** Resolves with the next step; there only while somebody waits. */
  #moved: PromiseWithResolvers<void> | undefined

  constructor(options: FreshnessOptions) {
    this.#options = options
  }

  /** A write was answered: sets of `revision` and newer ones show it. `Infinity` where only another look can tell. */
  wrote(revision: number): void {
    this.#written = { revision: Math.max(this.#written.revision, revision), openings: this.#openings }
  }

  /** The engine is about to be asked for all there is. */
  opening(): void {
    this.#openings++
  }

  /** The readers have what the engine told at `revision`. */
  told(revision: number): void {
    this.#revision = revision
    this.#opening = this.#openings
    this.#isLost = false
    this.#move()
  }

  /** What was followed is lost until more is told. */
  lost(): void {
    this.#isLost = true
  }

  /** Nothing follows: who waits is told `error`. */
  close(error: Error): void {
    this.#closed = error
    this.#move()
  }

  /**
   * Resolves when the readers have all that was written until now; soon, too, when the engine is lost: what they have is marked as stale then.
   * Rejects with the reason of `signal`, and with the error it is closed with.
   */
  async reached({ signal }: Abortable): Promise<void> {
    const written = this.#written
    for (let mayAsk = written.revision === Infinity; !this.#shows(written); mayAsk = true) {
      if (mayAsk && this.#isLost) return
      if (mayAsk && this.#opening === this.#openings) this.#options.reopen()
      await this.#wait(written, { signal })
    }
  }

  #shows({ revision, openings }: Written): boolean {
    return this.#revision >= revision || this.#opening > openings
  }

  /** Waits until the readers have what was written, but not for long. */
  async #wait(written: Written, { signal }: Abortable): Promise<void> {
    using limit = timeLimit(this.#options.clock, REACH_MS, { signal })
    while (!this.#shows(written) && !limit.signal.aborted && !this.#closed) {
      this.#moved ??= Promise.withResolvers()
      await abortable(this.#moved.promise, limit.signal).catch(ignore)
    }
    signal?.throwIfAborted()
    if (this.#closed) throw this.#closed
  }

  #move(): void {
    this.#moved?.resolve()
    this.#moved = undefined
  }
}

function ignore(): void {}
