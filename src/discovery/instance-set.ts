import type { Instance } from './instance.ts'

/** All Instances of one service name at one moment. Immutable, and whole: never a difference. */
export interface InstanceSet {
  readonly serviceName: string
  /**
   * Grows with every change, within one service name: of two sets the one with the higher revision is the newer. 0 before anything
   * was ever known. Revisions of different registries or service names are not comparable.
   */
  readonly revision: number
  /** In the order of their ids. */
  readonly instances: readonly Instance[]
  /** Whether the registry has ever known this service name: tells "nobody is up just now" from "no such service". */
  readonly known: boolean
  /**
   * False while the registry, just (re)started or within reach again, cannot vouch that what is absent is gone. A Resolver then keeps what it knew.
   */
  readonly settled: boolean
  /** How long ago this was known to be current, in milliseconds; 0 when it comes straight from the registry. Grows while `stale`. */
  readonly ageMs: number
  /** Whether the registry is out of reach, so that the set may be out of date. */
  readonly stale: boolean
}

/** The service names a registry knows, in order. */
export interface ServiceNames {
  readonly revision: number
  readonly names: readonly string[]
}
