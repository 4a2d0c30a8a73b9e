import type { Random } from './random.ts'

/** How the waits between attempts grow. All fields have defaults. */
export interface BackoffOptions {
  /** The ceiling of the first wait. Default 100. */
  delayMsMin?: number
  /** The ceiling no wait goes over. Default 10,000. */
  delayMsMax?: number
  /** What the ceiling is multiplied by after each attempt. Default 2. */
  factor?: number
}

/**
 * The wait before attempt `attempt` (0 for the first retry), with *full jitter*: evenly spread between nothing and a ceiling that grows
 *
 *     ceiling = min(delayMsMax, delayMsMin · factor^attempt)        delay = random · ceiling
 *
 * so that clients which lost the same server at the same moment do not come back at the same moment.
 * @see Marc Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015
 */
export function backoffDelayMs(attempt: number, random: Random, options: BackoffOptions = {}): number {
  const { delayMsMin = 100, delayMsMax = 10_000, factor = 2 } = options
  return random.next() * Math.min(delayMsMax, delayMsMin * factor ** attempt)
}
