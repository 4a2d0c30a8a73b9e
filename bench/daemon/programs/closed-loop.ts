/** Each of `workers` does its work over and over, one at a time, for about `durationMs`. Resolves with how often per second, all together. */
export async function perSecond(workers: ReadonlyArray<() => Promise<unknown>>, durationMs: number): Promise<number> {
  const start = performance.now()
  const counts = await Promise.all(workers.map(work => countUntil(work, start + durationMs)))
  return (counts.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - start)
}

async function countUntil(work: () => Promise<unknown>, until: number): Promise<number> {
  let count = 0
  for (; performance.now() < until; count++) await work()
  return count
}
