import type { Claim } from '../../discovery/store/owner.ts'

/**
 * The least TTL in the backend, and that of what is vouched for, which does not lapse here. Signs of life are seen to here: there a lease lapses only for the
 * loss of this process. A pause of it, or a restart of the backend, must not cost the instances of everybody because one of them has a short TTL, as where
 * all live by one session.
 */
const TTL_MS_MIN = 15_000

/** The TTL in the backend of what is claimed here, in milliseconds. */
export function heldTtlMs({ owner, ttlMs }: Pick<Claim, 'owner' | 'ttlMs'>): number {
  return owner.kind === 'vouched' ? TTL_MS_MIN : Math.max(TTL_MS_MIN, ttlMs)
}
