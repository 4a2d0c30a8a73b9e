import type { Clock } from './clock.ts'

/** How long ago `since` was, a moment of `clock.now()`, in whole milliseconds: to tell people and programs, who have no use for the fraction. */
export function elapsedMs(clock: Clock, since: number): number {
  return Math.round(clock.now() - since)
}
