import type { Claim } from '../../discovery/store/owner.ts'

/** What is vouched for does not lapse here, and in the backend when this process has been gone for so long. */
const VOUCHED_TTL_MS = 15_000

/**
 * The least TTL in the backend. Signs of life are seen to here: there a lease lapses only for the loss of this process. A pause of it, or a restart of
 * the backend, must not cost the instances of everybody because one of them has a short TTL, as where all live by one session.
 */
const TTL_MS_MIN = 5_000

/** The TTL in the backend of what is claimed here, in milliseconds. */
export function heldTtlMs({ owner, ttlMs }: Pick<Claim, 'owner' | 'ttlMs'>): number {
  return owner.kind === 'vouched' ? VOUCHED_TTL_MS : Math.max(TTL_MS_MIN, ttlMs)
}
