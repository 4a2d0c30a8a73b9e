import type { BackoffOptions } from '../core/backoff.ts'

/**
 * How a MultiService starts children again that fail at run time: after a wait that grows as in `BackoffOptions`, and no more often
 * than `maxRestarts` times for all its children together within `windowMs`; one failure more and it gives up.
 * @see "Maximum Restart Intensity", OTP Design Principles
 */
export interface RestartPolicy extends BackoffOptions {
  /** 0 gives up at the first failure. Default 5. */
  maxRestarts?: number
  /** Default 60,000. */
  windowMs?: number
}

/** Counts restarts in a window that slides. */
export class RestartWindow {
  readonly maxRestarts: number
  readonly windowMs: number
  #restartsAt: number[] = []

  constructor({ maxRestarts = 5, windowMs = 60_000 }: RestartPolicy = {}) {
    this.maxRestarts = maxRestarts
    this.windowMs = windowMs
  }

  /** Counts a restart at `now` and says how many came before it within the window; undefined, counting nothing, when it is one too many. */
  admit(now: number): number | undefined {
    this.#restartsAt = this.#restartsAt.filter(at => at > now - this.windowMs)
    if (this.#restartsAt.length >= this.maxRestarts) return undefined
    return this.#restartsAt.push(now) - 1
  }
}
