import { RopewalkError } from '../../core/error.ts'

/** What a Store takes at most. Beyond it refuses with `StoreLimitError`; what it has stays. */
export const STORE_LIMITS = {
  /** Services with instances, or known, or watched; half of them such as are only watched, so that there is room for others whatever is asked for. */
  services: 200_000,
  /** Watches of all services together. */
  watches: 1_000_000,
  /** Instances of one service. */
  serviceInstances: 200_000,
  /** Bytes of all instances of one service, as `instanceBytes` counts: its whole set goes in one message of the session protocol. */
  serviceBytes: 48 * 1024 * 1024,
  /** Instances in all. */
  instances: 1_000_000,
  /** Instances of one owner. */
  ownerInstances: 100_000,
  /** Known services without instances that are remembered; the longest empty is forgotten first. */
  emptyServices: 10_000,
  /** The shortest and the longest TTL, in milliseconds: what is asked for beyond is refused. */
  ttlMsMin: 100,
  ttlMsMax: 24 * 60 * 60 * 1000,
} as const

/** The same, as numbers that may be others. */
export type StoreLimits = { readonly [K in keyof typeof STORE_LIMITS]: number }

/** The registry holds as much as it takes. */
export class StoreLimitError extends RopewalkError {
  readonly code = 'ERR_REGISTRY_LIMIT'

  constructor(what: string, limit: number, options?: ErrorOptions) {
    super(
      `The registry is full: it takes at most ${limit} ${what}. Remove what is not needed, or use another registry`,
      options,
    )
  }
}
