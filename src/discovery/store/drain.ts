import { abortable, type Abortable } from '../../core/abort.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { elapsedMs } from '../../core/elapsed.ts'
import type { DrainReport } from '../lease.ts'

/** What a drain waits for, and how long. */
export interface DrainInit extends Abortable {
  /** The revision that marked the instance draining. */
  readonly revision: number
  /** The longest wait, in milliseconds. */
  readonly drainMs: number
  /** The wait for those who cannot tell, in milliseconds. */
  readonly quietMs: number
}

/** As much of a watcher as a drain has to know. */
export interface DrainWatcher {
  readonly name: string
  readonly acknowledges: boolean
  readonly acknowledged: number
}

/** One wait until the watchers of a service work with a draining mark. Told by `Audience` what happens meanwhile. */
export class Drain {
  #clock: Clock
  #init: DrainInit
  #startedAt: number
  /** Acknowledging watchers that do not work with the mark yet. */
  #missing = new Set<DrainWatcher>()
  #watchers = 0
  #quietTimer: Timer | undefined
  #quietUntil = -Infinity
  #ended = Promise.withResolvers<void>()

  constructor(clock: Clock, init: DrainInit) {
    this.#clock = clock
    this.#init = init
    this.#startedAt = clock.now()
  }

  /** Waits for `watchers`, and for a quiet period of that length if it is above 0. Call it once. */
  async wait(watchers: Iterable<DrainWatcher>, quietMs: number): Promise<DrainReport> {
    const limit = this.#clock.schedule(this.#init.drainMs, () => this.#ended.resolve())
    for (const watcher of watchers) this.joined(watcher)
    if (quietMs > 0) this.deaf(quietMs)
    this.#settle()
    try {
      await abortable(this.#ended.promise, this.#init.signal)
      return this.#report()
    } finally {
      limit.cancel()
      this.#quietTimer?.cancel()
    }
  }

  /** A watcher has come that may still work with an older revision. */
  joined(watcher: DrainWatcher): void {
    if (!watcher.acknowledges) return this.deaf()
    if (watcher.acknowledged >= this.#init.revision) return
    this.#missing.add(watcher)
    this.#watchers++
  }

  /** A watcher works with a newer revision than before. */
  acknowledged(watcher: DrainWatcher): void {
    if (watcher.acknowledged >= this.#init.revision) this.left(watcher)
  }

  /** A watcher is not to be waited for any more. */
  left(watcher: DrainWatcher): void {
    if (this.#missing.delete(watcher)) this.#settle()
  }

  /** Somebody cannot tell what it works with: a quiet period begins, anew if one has begun, which it does not cut short. */
  deaf(quietMs = this.#init.quietMs): void {
    const now = this.#clock.now()
    this.#quietUntil = Math.max(this.#quietUntil, now + quietMs)
    this.#quietTimer?.cancel()
    this.#quietTimer = this.#clock.schedule(this.#quietUntil - now, () => {
      this.#quietTimer = undefined
      this.#settle()
    })
  }

  #settle(): void {
    if (this.#missing.size === 0 && !this.#quietTimer) this.#ended.resolve()
  }

  #report(): DrainReport {
    return {
      acknowledged: this.#missing.size === 0 && !this.#quietTimer,
      watchers: this.#watchers,
      missing: [...this.#missing].map(({ name }) => name),
      tookMs: elapsedMs(this.#clock, this.#startedAt),
    }
  }
}
