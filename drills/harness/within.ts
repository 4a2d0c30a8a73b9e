import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 20

/** What `promise` brings; rejects when it brings nothing within `limitMs`, saying that `what` was waited for. */
export async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  const over = new AbortController()
  const limit = delay(limitMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`Waited ${limitMs} ms in vain until ${what}`)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    over.abort()
    limit.catch(() => {})
  }
}

/** Resolves when `condition` holds, which is asked again and again, with the milliseconds it took; rejects after `limitMs`. */
export async function until(
  limitMs: number,
  what: string,
  condition: () => Promise<boolean> | boolean,
): Promise<number> {
  const start = performance.now()
  while (!(await condition())) {
    if (performance.now() - start > limitMs) throw new Error(`Waited ${limitMs} ms in vain until ${what}`)
    await delay(POLL_MS)
  }
  return performance.now() - start
}
