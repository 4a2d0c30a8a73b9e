/** A callback that waits for its moment. */
export interface Timer {
  /** Takes the callback back. Harmless once it has run, and a second time. */
  cancel(): void
}

/**
 * Where all time comes from. The system's clock in production, one that tests turn by hand in `ropewalk/testing`.
 * Everything is in milliseconds.
 */
export interface Clock {
  /** Milliseconds since some moment in the past, with a fraction; never goes back, whatever is done to the machine's date. */
  now(): number
  /** Milliseconds since 1970 in UTC: to show to people and to compare roughly between machines, never to measure. */
  wallTime(): number
  /** Runs `callback` once, `delayMs` from now (at once, but never synchronously, for 0 and below). The wait keeps the process alive. */
  schedule(delayMs: number, callback: () => void): Timer
}

/** Node's timers take at most this many milliseconds (24.8 days); longer waits are cut to it. */
const DELAY_MS_MAX = 2 ** 31 - 1

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule(delayMs, callback) {
    const timeout = setTimeout(callback, Math.min(Math.max(delayMs, 0), DELAY_MS_MAX))
    return { cancel: () => clearTimeout(timeout) }
  },
}
