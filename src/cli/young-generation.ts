import { PerformanceObserver } from 'node:perf_hooks'
import v8 from 'node:v8'

/** From here on V8 does not double what it has for young objects any more, once it has done what it has just decided. */
const ENOUGH_BYTES = 4 * 2 ** 20

/** By what V8 multiplies what it has for young objects when as much of them has survived: by itself, and where it is to stay as it is. */
const DOUBLED = 2
const KEPT = 1

/**
 * Lets V8 have twice 8 MB for young objects in this process, and not twice 32, until the returned function is called. It doubles that whenever as much
 * has survived, so that a registry with 100,000 instances had as much reserved for what it throws away as it needs for them; see decision 0107.
 */
export function limitYoungGeneration(): () => void {
  let factor = DOUBLED
  const grow = (by: number) => {
    if (by === factor) return
    factor = by
    v8.setFlagsFromString(`--semi-space-growth-factor=${by}`)
  }
  const observer = new PerformanceObserver(() => grow(youngBytesMax() < ENOUGH_BYTES ? DOUBLED : KEPT))
  observer.observe({ entryTypes: ['gc'] })
  return () => {
    observer.disconnect()
    // What is compiled is kept for a next start with the flags of now.
    grow(DOUBLED)
  }
}

/** For how many bytes of young objects V8 has room now. Exported for tests. */
export function youngBytesMax(): number {
  const space = v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  return space ? space.space_used_size + space.space_available_size : 0
}
