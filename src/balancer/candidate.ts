import type { Instance } from '../discovery/instance.ts'
import type { Load } from './load.ts'

/**
 * One Instance as one caller sees it. It outlives the sets it came in: a newer set replaces `instance`, while what the caller has
 * learned (`pending`, `load`, `ejected`) stays. Invariant: `pending` ≥ 0.
 */
export class Candidate {
  /** Requests of this caller in flight. */
  pending = 0
  /**
   * Its share of the work in relation to those it is picked with: the Instance's weight, or less while it is in slow start. Kept here as
   * well, so that a pick among very many touches one object per candidate and not two.
   */
  weight: number
  /** What the Balancer weighs it by. */
  readonly load: Load
  /** Whether this caller has put it aside after failures of its own: then it is chosen last. */
  ejected = false
  #instance: Instance

  constructor(instance: Instance, load: Load) {
    this.weight = instance.weight
    this.load = load
    this.#instance = instance
  }

  /** The Instance as the newest set has it. */
  get instance(): Instance {
    return this.#instance
  }

  /** Takes over what a newer set says of it. */
  update(instance: Instance): void {
    this.#instance = instance
    this.weight = instance.weight
  }

  /** A request is given to it. */
  begin(): void {
    this.pending++
  }

  /** That request went elsewhere before it was sent. Call this or `end` exactly once for each `begin`. */
  cancel(): void {
    this.pending--
  }

  /** That request is over. */
  end(latencyMs: number, failed: boolean): void {
    this.pending--
    this.load.heard(latencyMs, failed)
  }
}
