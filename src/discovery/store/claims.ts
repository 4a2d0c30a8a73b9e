import { changedFields, STATUS_FIELD } from '../changed-fields.ts'
import type { Instance, InstanceStatus } from '../instance.ts'
import type { ChangeKind, DepartureCause } from './change.ts'
import { instanceBytes } from './instance-bytes.ts'
import { StoreLimitError } from './limits.ts'
import type { Claim, Owner, OwnerKind } from './owner.ts'
import { isMissing, type LeaseCounts } from './preservation.ts'
import type { Rosters } from './rosters.ts'
import { sharing } from './sharing.ts'
import { withStatus } from './with-status.ts'

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

/** Where claims are entered. */
export interface ClaimsInit {
  readonly rosters: Rosters
  readonly journal: LeaseJournal | undefined
  /** A claim has gone from its owner. */
  readonly onReleased: (claim: Claim) => void
}

/** The claims there are: brings each change of one into the rosters, the journal and the owner alike. When to change what is for `Leases` to say. */
export class Claims {
  readonly #init: ClaimsInit
  #count = 0
  #counts = { leases: 0, missing: 0 }
  #lastNumber = 0

  constructor(init: ClaimsInit) {
    this.#init = init
  }

  /** How many there are. */
  get count(): number {
    return this.#count
  }

  /** Those that live by signs of life, which the vouched for do not. */
  get counts(): LeaseCounts {
    return this.#counts
  }

  /** Enters a new claim, in the place of a former one of the same id, whose owner is told. Throws `StoreLimitError`. */
  enter(owner: Owner, instance: Instance, ttlMs: number): Claim {
    const number = this.#lastNumber + 1
    const claim = newClaim({ number, instance: withStatus(instance, 'ready'), owner, ttlMs })
    this.#admit(claim, 'joined')
    this.#init.journal?.written(claim)
    return claim
  }

  /** Enters a claim of before a restart, which the journal has already. */
  restore(owner: Owner, { number, instance, ttlMs, draining }: Omit<LeaseRecord, 'owner'>): Claim {
    const shared = sharing(instance, 'unconfirmed', this.#init.rosters.latest(instance.serviceName))
    const claim = newClaim({ number, instance: shared, owner, ttlMs })
    this.#admit(claim, 'unconfirmed')
    if (draining) claim.drainRevision = this.setStatus(claim, 'draining')
    return claim
  }

  /** Writes what its holder registers anew, which is also the way back from draining. Without a change if it says the same. Throws `StoreLimitError`. */
  rewrite(claim: Claim, instance: Instance, ttlMs: number): void {
    const growth = this.#growth(claim, instance)
    const kind = claim.drainRevision > 0 ? 'ready' : 'updated'
    claim.drainRevision = 0
    claim.ttlMs = ttlMs
    this.#write(claim, instance, { kind, growth })
    this.#init.journal?.written(claim)
  }

  /** Throws `StoreLimitError`. */
  update(claim: Claim, instance: Instance): void {
    this.#write(claim, instance, { kind: 'updated', growth: this.#growth(claim, instance) })
    this.#init.journal?.written(claim)
  }

  markDraining(claim: Claim): void {
    if (claim.drainRevision > 0) return
    claim.drainRevision = this.setStatus(claim, 'draining')
    this.#init.journal?.written(claim)
  }

  /** Makes the instance what it was when it was last kept. The journal is not told. */
  revert(claim: Claim, { instance, ttlMs }: Pick<LeaseRecord, 'instance' | 'ttlMs'>): void {
    claim.ttlMs = ttlMs
    this.#write(claim, instance, { kind: 'updated', growth: growthOf(claim, instance) })
  }

  /** Shows another status by the signs of life, which the journal does not keep. Returns the revision of it. */
  setStatus(claim: Claim, status: InstanceStatus): number {
    const wasMissing = isMissing(claim)
    claim.instance = withStatus(claim.instance, status)
    if (claim.owner.kind !== 'vouched') this.#counts.missing += Number(isMissing(claim)) - Number(wasMissing)
    return this.#init.rosters.put(claim, status, STATUS_FIELD)
  }

  /** Takes a claim out for good. Harmless a second time. Returns whether it was there. */
  remove(claim: Claim, cause: DepartureCause): boolean {
    if (claim.gone) return false
    this.#release(claim)
    this.#init.rosters.delete(claim, cause)
    return true
  }

  #admit(claim: Claim, kind: ChangeKind): void {
    const { owner, instance, number } = claim
    const existing = this.#init.rosters.find(instance.serviceName, instance.id)
    const bytes = instanceBytes(instance)
    const growth = bytes - (existing ? instanceBytes(existing.instance) : 0)
    if (growth > 0) this.#requireMemory(owner)
    if (!existing) this.#requireRoom(owner, instance)
    this.#init.rosters.requireBytes(instance.serviceName, growth)
    this.#lastNumber = Math.max(this.#lastNumber, number)
    owner.claims.add(claim)
    this.#tally(claim, 1)
    if (existing) this.#release(existing)
    this.#init.rosters.put(claim, existing ? 'replaced' : kind)
    this.#init.rosters.weigh(instance.serviceName, bytes)
    existing?.owner.onLost(existing, 'replaced')
  }

  /** How many bytes more an instance takes as it is to be. Throws `StoreLimitError` where there is no room for them. */
  #growth(claim: Claim, instance: Instance): number {
    const growth = growthOf(claim, instance)
    if (growth > 0) this.#requireMemory(claim.owner)
    this.#init.rosters.requireBytes(instance.serviceName, growth)
    return growth
  }

  #write(claim: Claim, instance: Instance, { kind, growth }: { kind: ChangeKind; growth: number }): void {
    const next = withStatus(instance, kind === 'ready' ? 'ready' : claim.instance.status)
    const fields = changedFields(claim.instance, next)
    if (fields === 0) return
    this.#init.rosters.weigh(next.serviceName, growth)
    claim.instance = next
    this.#init.rosters.put(claim, kind, fields)
  }

  #release(claim: Claim): void {
    claim.gone = true
    claim.owner.claims.delete(claim)
    this.#tally(claim, -1)
    this.#init.rosters.weigh(claim.instance.serviceName, -instanceBytes(claim.instance))
    this.#init.journal?.removed(claim)
    this.#init.onReleased(claim)
  }

  #tally(claim: Claim, by: 1 | -1): void {
    this.#count += by
    if (claim.owner.kind === 'vouched') return
    this.#counts.leases += by
    if (isMissing(claim)) this.#counts.missing += by
  }

  /** What is vouched for is kept by whoever vouches, who has asked for memory. */
  #requireMemory({ kind }: Owner): void {
    if (kind !== 'vouched') this.#init.rosters.memory?.requireRoom()
  }

  #requireRoom(owner: Owner, { serviceName }: Instance): void {
    const { limits } = this.#init.rosters
    if (this.#count >= limits.instances) throw new StoreLimitError('instances', limits.instances)
    if (owner.claims.size >= limits.ownerInstances) {
      throw new StoreLimitError(`instances of one owner (${owner.name})`, limits.ownerInstances)
    }
    this.#init.rosters.requireRoom(serviceName)
  }
}

function growthOf(claim: Claim, instance: Instance): number {
  return instanceBytes(instance) - instanceBytes(claim.instance)
}

function newClaim(init: Pick<Claim, 'number' | 'instance' | 'owner' | 'ttlMs'>): Claim {
  const { number, instance, owner, ttlMs } = init
  return { number, instance, owner, ttlMs, drainRevision: 0, gone: false, createRevision: 0, revision: 0 }
}
