import type { Candidate } from './candidate.ts'
import type { Load } from './load.ts'

/** How to choose one Instance of many. Arithmetic only: nothing waits, nothing can fail. */
export interface Balancer {
  /**
   * One of `candidates`; undefined when there is none. An array may name a candidate several times: its share is its weight (see
   * `weightedSlots`). It is called for every request: no allocation, no look-up, the same time for ten candidates as for ten thousand.
   */
  pick<C extends Candidate>(candidates: readonly C[]): C | undefined
  /** The Load of an Instance of which nothing is known yet. */
  newLoad(): Load
}
