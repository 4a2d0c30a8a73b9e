/**
 * What *load* is: how much one more request would cost an Instance, as far as this caller can tell. Each Candidate has a Load of its
 * own, so an implementation may remember what it heard; how to *choose* by it is the Balancer's part.
 */
export interface Load {
  /** The cost of one more request beside the `pending` ones in flight: any scale, lower is better. Asked at every pick: no allocation. */
  cost(pending: number): number
  /** A request is over: how long its answer took to begin, in milliseconds, and whether it failed. */
  heard(latencyMs: number, failed: boolean): void
}
