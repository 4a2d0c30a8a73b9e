import type { Clock } from '../../core/clock.ts'
import { InstanceConflictError, InvalidInstanceError, LeaseLostError } from '../errors.ts'
import type { Instance } from '../instance.ts'
import type { DrainOptions, DrainReport, InstanceChanges } from '../lease.ts'
import type { DepartureCause } from './change.ts'
import { changed } from './changed.ts'
import { Claims, type LeaseJournal, type LeaseRecord } from './claims.ts'
import { Deadlines } from './deadlines.ts'
import { STORE_LIMITS } from './limits.ts'
import { type Claim, Owner, type OwnerInit, type OwnerKind, PRESENT } from './owner.ts'
import { Preservation, type PreservationOptions, type PreservationState } from './preservation.ts'
import type { Rosters } from './rosters.ts'
import { isLive, judge, type Verdict } from './verdict.ts'

/** A drain without a limit of its own waits at most this long. */
const DRAIN_MS = 5_000

/** How a Store keeps its leases. */
export interface LeasesInit {
  readonly clock: Clock
  readonly rosters: Rosters
  readonly graceMs: number
  readonly journal: LeaseJournal | undefined
  /** When leases that should lapse are kept; undefined for never. */
  readonly preservation: PreservationOptions | undefined
}

/**
 * Who holds which instance, and for how long: owners, their signs of life, and what follows from them. `judge` has the rules; this
 * applies them to the rosters, at once when something is heard of an owner and otherwise when time has come.
 */
export class Leases {
  readonly #clock: Clock
  readonly #rosters: Rosters
  readonly #graceMs: number
  readonly #claims: Claims
  readonly #owners = new Map<string, Owner>()
  readonly #deadlines: Deadlines<Owner>
  readonly #preservation: Preservation | undefined

  constructor({ clock, rosters, graceMs, journal, preservation }: LeasesInit) {
    this.#clock = clock
    this.#rosters = rosters
    this.#graceMs = graceMs
    this.#claims = new Claims({ rosters, journal, onReleased: claim => this.#released(claim) })
    this.#deadlines = new Deadlines(clock, {
      onDue: owner => this.#refresh(owner),
      onPause: pausedMs => this.#excuse(pausedMs),
    })
    if (!preservation) return
    this.#preservation = new Preservation({
      ...preservation,
      clock,
      counts: () => this.#claims.counts,
      onRelease: claims => {
        for (const owner of new Set(claims.map(claim => claim.owner))) this.#refresh(owner)
      },
    })
  }

  /** How many instances are held. */
  get count(): number {
    return this.#claims.count
  }

  /** How it is with leases that should lapse; undefined where none is kept. */
  get preservation(): PreservationState | undefined {
    return this.#preservation?.state
  }

  /** Who holds an instance, if anybody. */
  find(serviceName: string, id: string): Claim | undefined {
    return this.#rosters.find(serviceName, id)
  }

  /** The owners that are there, connected or not. */
  owners(): Iterable<Owner> {
    return this.#owners.values()
  }

  /**
   * A session of this id is open: a new owner, or one that comes back and finds its instances as they were. Owners of different kinds
   * must not share an id.
   */
  connect(init: OwnerInit): Owner {
    return this.#present(init, 'session')
  }

  /** An owner without a connection: it holds what it registers for the TTL after it was last heard. */
  timed(init: OwnerInit): Owner {
    return this.#present(init, 'timed')
  }

  /** An owner that lives as long as the caller does not say otherwise, by `disconnect` or `leave`: no time ends what it holds. */
  vouch(init: OwnerInit): Owner {
    return this.#present(init, 'vouched')
  }

  /** The owner's connection was lost without goodbye: its instances are `suspect`, and gone when the grace is over. */
  disconnect(owner: Owner): void {
    if (owner.presence !== 'connected' && owner.presence !== 'vouched') return
    owner.presence = 'disconnected'
    owner.awaySince = this.#clock.now()
    owner.excusedMs = 0
    this.#refresh(owner)
    this.#dropIfDone(owner)
  }

  /** The owner says goodbye: everything it holds is revoked. */
  leave(owner: Owner): void {
    if (owner.kind !== 'timed') owner.presence = 'disconnected'
    for (const claim of owner.claims) this.revoke(claim)
    this.#dropIfDone(owner)
  }

  /** The owner's heartbeat, `lagMs` ago: every claim of it stands for its TTL from then on. Takes the same short time for any number. */
  renew(owner: Owner, lagMs = 0): void {
    const heardAt = this.#clock.now() - lagMs
    if (heardAt > owner.heardAt) {
      owner.heardAt = heardAt
      owner.excusedMs = 0
    }
    const confirmed = owner.presence === 'unconfirmed' && owner.kind === 'timed'
    if (confirmed) owner.presence = 'timed'
    if (confirmed || owner.late) this.#refresh(owner)
  }

  /**
   * Makes `instance` (valid; its status is ignored) findable as long as `owner` shows signs of life. What the same owner holds already
   * is written anew, without a change if it is the same; what somebody else holds who shows no life is taken over. Throws
   * `InstanceConflictError` when somebody else holds it who lives, `InvalidInstanceError` for a TTL out of limits, `StoreLimitError`.
   */
  register(owner: Owner, instance: Instance, ttlMs: number): Claim {
    requireTtl(ttlMs)
    const { serviceName, id } = instance
    const existing = this.#rosters.find(serviceName, id)
    const isOwn = existing?.owner === owner
    if (existing && !isOwn && isLive(existing)) throw new InstanceConflictError(serviceName, id)
    this.renew(owner)
    if (isOwn) this.#claims.rewrite(existing, instance, ttlMs)
    const claim = isOwn ? existing : this.#claims.enter(owner, instance, ttlMs)
    this.#owners.set(owner.id, owner)
    if (owner.kind !== 'vouched') this.#deadlines.watch(owner, owner.heardAt + ttlMs)
    return claim
  }

  /** Changes the instance in place. Throws `LeaseLostError` if the claim is gone, `InvalidInstanceError` for a field out of limits. */
  update(claim: Claim, changes: InstanceChanges): void {
    requireHeld(claim)
    this.#claims.update(claim, changed(claim.instance, changes))
  }

  /**
   * Marks the instance draining, and waits until every watcher works with that, as `Audience` tells, or for `drainMs` (default 5,000).
   * Rejects with `LeaseLostError` if the claim is gone, and with the reason of `signal`; it is draining all the same then.
   */
  async drain(claim: Claim, { drainMs = DRAIN_MS, signal }: DrainOptions = {}): Promise<DrainReport> {
    requireHeld(claim)
    this.#claims.markDraining(claim)
    return this.#rosters.drain(claim.instance.serviceName, { revision: claim.drainRevision, drainMs, signal })
  }

  /** Takes the instance out because its holder wants it. Harmless when it is gone. */
  revoke(claim: Claim): void {
    this.#claims.remove(claim, 'revoked')
  }

  /** Takes the instance out against its holder, who is told. Harmless when it is gone. */
  evict(claim: Claim, cause: DepartureCause): void {
    if (this.#claims.remove(claim, cause)) claim.owner.onLost(claim, cause)
  }

  /** Undoes writes that could not be kept: the instance is what `kept` says of it, but as much draining as it is. */
  revert(claim: Claim, kept: Pick<LeaseRecord, 'instance' | 'ttlMs'>): void {
    this.#claims.revert(claim, kept)
  }

  /** Brings back what was known before a restart, as `unconfirmed`, the grace beginning now. */
  restore({ owner: { kind, ...init }, ...record }: LeaseRecord): void {
    const owner = this.#obtain(init, kind)
    owner.presence = 'unconfirmed'
    this.#claims.restore(owner, record)
    this.#owners.set(owner.id, owner)
    this.#deadlines.watch(owner, owner.awaySince + this.#graceMs)
  }

  /** Lets time no longer change anything. */
  close(): void {
    this.#deadlines.close()
    this.#preservation?.close()
  }

  #present(init: OwnerInit, kind: OwnerKind): Owner {
    const owner = this.#obtain(init, kind)
    owner.presence = PRESENT[kind]
    if (kind === 'session') this.#owners.set(owner.id, owner)
    owner.name = init.name
    if (init.onLost) owner.onLost = init.onLost
    owner.heardAt = this.#clock.now()
    owner.excusedMs = 0
    this.#refresh(owner)
    return owner
  }

  #obtain(init: OwnerInit, kind: OwnerKind): Owner {
    return this.#owners.get(init.id) ?? new Owner(init, { kind, now: this.#clock.now() })
  }

  /** Judges everything the owner holds by what is known of it now. */
  #refresh(owner: Owner): void {
    let until = Infinity
    owner.late = false
    for (const claim of owner.claims) {
      const verdict = this.#judge(claim)
      if (verdict.status === 'gone') {
        this.evict(claim, verdict.cause)
        continue
      }
      if (verdict.status !== claim.instance.status) this.#claims.setStatus(claim, verdict.status)
      owner.late ||= verdict.status === 'late' || (verdict.status === 'suspect' && owner.presence !== 'disconnected')
      until = Math.min(until, verdict.until)
    }
    this.#deadlines.watch(owner, until)
  }

  #judge(claim: Claim): Verdict {
    const verdict = judge(claim, { now: this.#clock.now(), graceMs: this.#graceMs })
    return this.#preservation?.review(claim, verdict) ?? verdict
  }

  /** This process slept, so silence in that time proves nothing; but who starves sleeps again and again, and listens between. */
  #excuse(pausedMs: number): void {
    const now = this.#clock.now()
    for (const owner of this.#owners.values()) {
      if (owner.excusedMs >= longestMs(owner, this.#graceMs)) continue
      owner.excusedMs += pausedMs
      owner.heardAt = Math.min(now, owner.heardAt + pausedMs)
      owner.awaySince = Math.min(now, owner.awaySince + pausedMs)
    }
  }

  #released(claim: Claim): void {
    this.#preservation?.forget(claim)
    this.#dropIfDone(claim.owner)
  }

  #dropIfDone(owner: Owner): void {
    if (owner.presence === 'connected' || owner.claims.size > 0) return
    this.#deadlines.forget(owner)
    if (this.#owners.get(owner.id) === owner) this.#owners.delete(owner.id)
  }
}

/** The grace, or the longest TTL of what the owner holds. */
function longestMs({ claims }: Owner, graceMs: number): number {
  let longest = graceMs
  for (const { ttlMs } of claims) longest = Math.max(longest, ttlMs)
  return longest
}

function requireHeld({ gone, instance: { serviceName, id } }: Claim): void {
  if (gone) throw new LeaseLostError(serviceName, id)
}

function requireTtl(ttlMs: number): void {
  const { ttlMsMin, ttlMsMax } = STORE_LIMITS
  if (ttlMs >= ttlMsMin && ttlMs <= ttlMsMax) return
  throw new InvalidInstanceError('ttlMs', ttlMs, `${ttlMsMin} to ${ttlMsMax} milliseconds`)
}
