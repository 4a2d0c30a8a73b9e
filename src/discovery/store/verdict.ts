import type { InstanceStatus } from '../instance.ts'
import type { DepartureCause } from './change.ts'
import type { Claim, Presence } from './owner.ts'

/** A claim whose owner is connected but silent is given up after this many times its TTL. */
const LATE_TTLS = 3

/** What the signs of life say of a claim: its status, and until when that stands if nothing more is heard; or that it has to go, and why. */
export type Verdict =
  | { readonly status: InstanceStatus; readonly until: number }
  | { readonly status: 'gone'; readonly cause: DepartureCause }

/**
 * Judges a claim at the moment `now` by two signs of life, the connection and the heartbeat:
 *
 * | owner | the claim is | afterwards it is gone because |
 * | --- | --- | --- |
 * | connected | `ready` for the TTL since the last heartbeat, then `late` up to 3 × TTL | lapsed |
 * | timed | `ready` for the TTL since the last heartbeat | lapsed |
 * | vouched | `ready` | – |
 * | disconnected | `suspect` for the grace | disconnected |
 * | unconfirmed | `unconfirmed` for the grace, or for the TTL if that is longer | forgotten |
 *
 * After a restart of the registry everybody is given a whole TTL to be heard of, because those who come back wait for chance to spread them,
 * and dropping one who lives is worse than keeping one who does not. A claim once marked draining shows as `draining` instead, for the same time.
 */
export function judge(claim: Claim, moment: Moment): Verdict {
  return RULES[claim.owner.presence](claim, moment)
}

/** When to judge, and by which grace. */
export interface Moment {
  readonly now: number
  readonly graceMs: number
}

/** Whether its owner shows both signs of life, so that a newcomer of the same id has to be refused. */
export function isLive({ instance, owner }: Claim): boolean {
  return LIVE.has(owner.presence) && instance.status !== 'late' && instance.status !== 'suspect'
}

const LIVE: ReadonlySet<Presence> = new Set(['connected', 'timed', 'vouched'])

const RULES: Readonly<Record<Presence, (claim: Claim, moment: Moment) => Verdict>> = {
  connected(claim, { now }) {
    const { heardAt } = claim.owner
    if (now < heardAt + claim.ttlMs) return standing(claim, 'ready', heardAt + claim.ttlMs)
    const end = heardAt + LATE_TTLS * claim.ttlMs
    return now < end ? standing(claim, 'late', end) : gone('lapsed')
  },
  timed(claim, { now }) {
    const end = claim.owner.heardAt + claim.ttlMs
    return now < end ? standing(claim, 'ready', end) : gone('lapsed')
  },
  vouched: claim => standing(claim, 'ready', Infinity),
  disconnected(claim, { now, graceMs }) {
    const end = claim.owner.awaySince + graceMs
    return now < end ? standing(claim, 'suspect', end) : gone('disconnected')
  },
  unconfirmed(claim, { now, graceMs }) {
    const end = claim.owner.awaySince + Math.max(graceMs, claim.ttlMs)
    return now < end ? standing(claim, 'unconfirmed', end) : gone('forgotten')
  },
}

function standing(claim: Claim, status: InstanceStatus, until: number): Verdict {
  return { status: claim.drainRevision > 0 ? 'draining' : status, until }
}

function gone(cause: DepartureCause): Verdict {
  return { status: 'gone', cause }
}
