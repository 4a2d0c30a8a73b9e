import type { Clock } from '../../core/clock.ts'
import { InstanceConflictError, InvalidInstanceError, LeaseLostError } from '../errors.ts'
import type { Instance, InstanceStatus } from '../instance.ts'
import type { DrainOptions, DrainReport, InstanceChanges } from '../lease.ts'
import { sameInstance } from '../same-instance.ts'
import { canonical } from './canonical.ts'
import type { ChangeKind, DepartureCause } from './change.ts'
import { changed } from './changed.ts'
import { Deadlines } from './deadlines.ts'
import { STORE_LIMITS, StoreLimitError } from './limits.ts'
import { type Claim, Owner, type OwnerInit, type OwnerKind } from './owner.ts'
import type { Rosters } from './rosters.ts'
import { isLive, judge } from './verdict.ts'

/** A drain without a limit of its own waits at most this long. */
const DRAIN_MS = 5_000

/** Keeps what must survive a restart. Told inside the change; when it is written is its own affair. */
export interface LeaseJournal {
  /** The claim is new, or its instance, TTL or draining mark changed. Changes of the status by signs of life are not told. */
  written(claim: Claim): void
  removed(claim: Claim): void
}

/** What survives a restart of one claim. */
export interface LeaseRecord {
  /** See `Claim.number`. */
  readonly number: number
  readonly owner: { readonly id: string; readonly name: string; readonly kind: OwnerKind }
  readonly instance: Instance
  readonly ttlMs: number
  readonly draining: boolean
}

/** How a Store keeps its leases. */
export interface LeasesInit {
  readonly clock: Clock
  readonly rosters: Rosters
  readonly graceMs: number
  readonly journal: LeaseJournal | undefined
}

/**
 * Who holds which instance, and for how long: owners, their signs of life, and what follows from them. `judge` has the rules; this
 * applies them to the rosters, at once when something is heard of an owner and otherwise when time has come.
 */
export class Leases {
  #clock: Clock
  #rosters: Rosters
  #graceMs: number
  #journal: LeaseJournal | undefined
  #owners = new Map<string, Owner>()
  #deadlines: Deadlines<Owner>
  #count = 0
  #lastNumber = 0

  constructor({ clock, rosters, graceMs, journal }: LeasesInit) {
    this.#clock = clock
    this.#rosters = rosters
    this.#graceMs = graceMs
    this.#journal = journal
    this.#deadlines = new Deadlines(clock, {
      onDue: owner => this.#refresh(owner),
      onPause: pausedMs => this.#excuse(pausedMs),
    })
  }

  /** How many instances are held. */
  get count(): number {
    return this.#count
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

  /** The owner's connection was lost without goodbye: its instances are `suspect`, and gone when the grace is over. */
  disconnect(owner: Owner): void {
    if (owner.presence !== 'connected') return
    owner.presence = 'disconnected'
    owner.awaySince = this.#clock.now()
    this.#refresh(owner)
    this.#dropIfDone(owner)
  }

  /** The owner says goodbye: everything it holds is revoked. */
  leave(owner: Owner): void {
    if (owner.kind === 'session') owner.presence = 'disconnected'
    for (const claim of owner.claims) this.revoke(claim)
    this.#dropIfDone(owner)
  }

  /** The owner's heartbeat, `lagMs` ago: every claim of it stands for its TTL from then on. Takes the same short time for any number. */
  renew(owner: Owner, lagMs = 0): void {
    owner.heardAt = Math.max(owner.heardAt, this.#clock.now() - lagMs)
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
    if (existing && existing.owner !== owner && isLive(existing)) throw new InstanceConflictError(serviceName, id)
    this.renew(owner)
    const claim = existing?.owner === owner ? this.#rewrite(existing, instance) : this.#claim(owner, instance, ttlMs)
    claim.ttlMs = ttlMs
    this.#deadlines.watch(owner, owner.heardAt + ttlMs)
    this.#journal?.written(claim)
    return claim
  }

  /** Changes the instance in place. Throws `LeaseLostError` if the claim is gone, `InvalidInstanceError` for a field out of limits. */
  update(claim: Claim, changes: InstanceChanges): void {
    requireHeld(claim)
    this.#write(claim, changed(claim.instance, changes))
    this.#journal?.written(claim)
  }

  /**
   * Marks the instance draining, and waits until every watcher works with that, as `Audience` tells, or for `drainMs` (default 5,000).
   * Rejects with `LeaseLostError` if the claim is gone, and with the reason of `signal`; it is draining all the same then.
   */
  async drain(claim: Claim, { drainMs = DRAIN_MS, signal }: DrainOptions = {}): Promise<DrainReport> {
    requireHeld(claim)
    if (claim.drainRevision === 0) {
      claim.drainRevision = this.#setStatus(claim, 'draining')
      this.#journal?.written(claim)
    }
    return this.#rosters.drain(claim.instance.serviceName, { revision: claim.drainRevision, drainMs, signal })
  }

  /** Takes the instance out because its holder wants it. Harmless when it is gone. */
  revoke(claim: Claim): void {
    if (!claim.gone) this.#remove(claim, 'revoked')
  }

  /** Takes the instance out against its holder, who is told. Harmless when it is gone. */
  evict(claim: Claim, cause: DepartureCause): void {
    if (claim.gone) return
    this.#remove(claim, cause)
    claim.owner.onLost(claim, cause)
  }

  /** Undoes writes that could not be kept: the instance is what `record` says of it, but as much draining as it is. */
  revert(claim: Claim, { instance, ttlMs }: Pick<LeaseRecord, 'instance' | 'ttlMs'>): void {
    claim.ttlMs = ttlMs
    this.#write(claim, instance)
  }

  /** Brings back what was known before a restart, as `unconfirmed`, the grace beginning now. */
  restore({ number, owner: { kind, ...init }, instance, ttlMs, draining }: LeaseRecord): void {
    const owner = this.#obtain(init, kind)
    owner.presence = 'unconfirmed'
    this.#lastNumber = Math.max(this.#lastNumber, number)
    const claim = { number, instance: canonical(instance, 'unconfirmed'), owner, ttlMs, drainRevision: 0, gone: false }
    this.#admit(claim)
    if (draining) claim.drainRevision = this.#setStatus(claim, 'draining')
    this.#deadlines.watch(owner, owner.awaySince + this.#graceMs)
  }

  /** Lets time no longer change anything. */
  close(): void {
    this.#deadlines.close()
  }

  #present(init: OwnerInit, kind: OwnerKind): Owner {
    const owner = this.#obtain(init, kind)
    owner.presence = kind === 'session' ? 'connected' : 'timed'
    if (kind === 'session') this.#owners.set(owner.id, owner)
    owner.name = init.name
    if (init.onLost) owner.onLost = init.onLost
    owner.heardAt = this.#clock.now()
    this.#refresh(owner)
    return owner
  }

  #obtain(init: OwnerInit, kind: OwnerKind): Owner {
    return this.#owners.get(init.id) ?? new Owner(init, { kind, now: this.#clock.now() })
  }

  #claim(owner: Owner, instance: Instance, ttlMs: number): Claim {
    const number = ++this.#lastNumber
    const claim = { number, instance: canonical(instance, 'ready'), owner, ttlMs, drainRevision: 0, gone: false }
    this.#admit(claim)
    return claim
  }

  /** Puts a new claim in its place, and in that of a former holder of its id. */
  #admit(claim: Claim): void {
    const { owner, instance } = claim
    const existing = this.#rosters.find(instance.serviceName, instance.id)
    if (existing) this.#supersede(existing)
    else this.#requireRoom(owner, instance)
    owner.claims.add(claim)
    this.#owners.set(owner.id, owner)
    this.#count++
    const arrival = instance.status === 'ready' ? 'joined' : instance.status
    this.#rosters.put(claim, existing ? 'replaced' : arrival)
  }

  /** A newcomer takes the place of a claim whose owner shows no life. */
  #supersede(claim: Claim): void {
    this.#release(claim)
    this.#journal?.removed(claim)
    claim.owner.onLost(claim, 'replaced')
  }

  /** Registering anew is the way back from draining. */
  #rewrite(claim: Claim, instance: Instance): Claim {
    const kind = claim.drainRevision > 0 ? 'ready' : 'updated'
    claim.drainRevision = 0
    this.#write(claim, instance, kind)
    return claim
  }

  #write(claim: Claim, instance: Instance, kind: ChangeKind = 'updated'): void {
    const status = kind === 'ready' ? 'ready' : claim.instance.status
    const next = canonical(instance, status)
    if (sameInstance(claim.instance, next)) return
    claim.instance = next
    this.#rosters.put(claim, kind)
  }

  #setStatus(claim: Claim, status: InstanceStatus): number {
    claim.instance = canonical(claim.instance, status)
    return this.#rosters.put(claim, status)
  }

  /** Judges everything the owner holds by what is known of it now. */
  #refresh(owner: Owner): void {
    const now = this.#clock.now()
    let until = Infinity
    owner.late = false
    for (const claim of owner.claims) {
      const verdict = judge(claim, { now, graceMs: this.#graceMs })
      if (verdict.status === 'gone') {
        this.evict(claim, verdict.cause)
        continue
      }
      if (verdict.status !== claim.instance.status) this.#setStatus(claim, verdict.status)
      owner.late ||= verdict.status === 'late'
      until = Math.min(until, verdict.until)
    }
    this.#deadlines.watch(owner, until)
  }

  /** This process slept, so silence in that time proves nothing. */
  #excuse(pausedMs: number): void {
    for (const owner of this.#owners.values()) {
      owner.heardAt += pausedMs
      owner.awaySince += pausedMs
    }
  }

  #remove(claim: Claim, cause: DepartureCause): void {
    this.#release(claim)
    this.#rosters.delete(claim, cause)
    this.#journal?.removed(claim)
  }

  #release(claim: Claim): void {
    claim.gone = true
    claim.owner.claims.delete(claim)
    this.#count--
    this.#dropIfDone(claim.owner)
  }

  #dropIfDone(owner: Owner): void {
    if (owner.presence === 'connected' || owner.claims.size > 0) return
    this.#deadlines.forget(owner)
    this.#owners.delete(owner.id)
  }

  #requireRoom(owner: Owner, { serviceName }: Instance): void {
    if (this.#count >= STORE_LIMITS.instances) throw new StoreLimitError('instances', STORE_LIMITS.instances)
    if (owner.claims.size >= STORE_LIMITS.ownerInstances) {
      throw new StoreLimitError(`instances of one owner (${owner.name})`, STORE_LIMITS.ownerInstances)
    }
    this.#rosters.requireRoom(serviceName)
  }
}

function requireHeld({ gone, instance: { serviceName, id } }: Claim): void {
  if (gone) throw new LeaseLostError(serviceName, id)
}

function requireTtl(ttlMs: number): void {
  const { ttlMsMin, ttlMsMax } = STORE_LIMITS
  if (ttlMs >= ttlMsMin && ttlMs <= ttlMsMax) return
  throw new InvalidInstanceError('ttlMs', ttlMs, `${ttlMsMin} to ${ttlMsMax} milliseconds`)
}
