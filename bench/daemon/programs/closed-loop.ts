/** How much was done in which time. */
export interface Done {
  readonly count: number
  readonly elapsedMs: number
}

/** Each of `workers` does its work over and over, one at a time, for about `durationMs`. */
export async function closedLoop(workers: ReadonlyArray<() => Promise<unknown>>, durationMs: number): Promise<Done> {
  const start = performance.now()
  const counts = await Promise.all(workers.map(work => countUntil(work, start + durationMs)))
  return { count: counts.reduce((sum, count) => sum + count, 0), elapsedMs: performance.now() - start }
}

async function countUntil(work: () => Promise<unknown>, until: number): Promise<number> {
  let count = 0
  for (; performance.now() < until; count++) await work()
  return count
}
