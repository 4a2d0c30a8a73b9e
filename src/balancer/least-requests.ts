import type { Load } from './load.ts'

/** Load is the number of requests in flight from this caller. It remembers nothing, so all Candidates share it. */
export const leastRequests: Load = {
  cost: pending => pending,
  heard: () => undefined,
}
