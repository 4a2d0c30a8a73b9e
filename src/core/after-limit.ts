import type { Clock, Timer } from './clock.ts'

/** A timer that comes later than this, in milliseconds, has been kept waiting by more than a busy moment. */
const LATE_MS = 100

/**
 * Runs `callback` when a wait of `limitMs` for somebody else is over. What this process missed of the wait is not counted: where it stood still when the
 * time was up (busy with something else, stopped, on a machine that was paused), it waits for as long again, at most `limitMs`. So it first reads what has come
 * meanwhile, and others who stood still as well have time to answer.
 */
export function afterLimit(clock: Clock, limitMs: number, callback: () => void): Timer {
  const dueAt = clock.now() + Math.max(limitMs, 0)
  let timer = clock.schedule(limitMs, () => {
    const lateMs = clock.now() - dueAt
    if (lateMs <= LATE_MS) callback()
    else timer = clock.schedule(Math.min(lateMs, limitMs), callback)
  })
  return { cancel: () => timer.cancel() }
}
