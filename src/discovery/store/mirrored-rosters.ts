import { changedFields } from '../changed-fields.ts'
import { differenceOf } from '../engine/set-difference.ts'
import type { Instance } from '../instance.ts'
import type { InstanceSet, ServiceNames } from '../instance-set.ts'
import type { WatchInit } from './audience.ts'
import { ChangeLog } from './change-log.ts'
import type { Claim, Owner } from './owner.ts'
import type { Roster } from './roster.ts'
import type { RosterWatch } from './roster-watch.ts'
import { Rosters, type RostersInit } from './rosters.ts'
import { Spellings } from './spellings.ts'

/** Sees to it that what is to be read of another registry is told. */
export interface MirrorSource {
  /** Somebody watches a service from now on. Throws `StoreLimitError` when there are too many. */
  watched(serviceName: string): void
  /** Somebody is about to read a service, for `keptMs` perhaps: resolves when it has been told; undefined if it has. Throws as `watched` does. */
  ready(serviceName: string, keptMs?: number): Promise<void> | undefined
  /** The same of all services there are. */
  readyAll(): Promise<void> | undefined
}

/** What MirroredRosters begin with. */
export interface MirroredRostersInit extends RostersInit {
  readonly source: MirrorSource
  /** Who is said to hold an instance. */
  readonly holderOf: (instance: Instance) => Owner
}

/**
 * Rosters of another registry's services: what is in them, and at which revision, is as that one tells, service by service when somebody wants
 * to read it. Everything else (who watches, what drains wait for, what changed) is as in Rosters. Nothing is to be put or deleted here.
 */
export class MirroredRosters extends Rosters {
  readonly #source: MirrorSource
  readonly #holderOf: (instance: Instance) => Owner
  #names: ServiceNames | undefined
  /** Of the names that were told last. */
  #spellings: Spellings | undefined

  /** Nothing is at a revision of this registry's own, so what was not told yet is at none. */
  constructor({ source, holderOf, revision, ...init }: MirroredRostersInit) {
    super({ ...init, revision: 0 })
    this.stamp(revision)
    this.#source = source
    this.#holderOf = holderOf
  }

  override names(): ServiceNames {
    return this.#names ?? super.names()
  }

  /** What is told already counts too: the names may come later. */
  override alike(serviceName: string): readonly string[] {
    const names = this.#spellingsTold().alike(serviceName)
    return names.includes(serviceName) || !this.isReady(serviceName) ? names : [...names, serviceName]
  }

  override get hasNames(): boolean {
    return this.#names !== undefined
  }

  override ready(serviceName: string, keptMs?: number): Promise<void> | undefined {
    return this.#source.ready(serviceName, keptMs)
  }

  override readyAll(): Promise<void> | undefined {
    return this.#source.readyAll()
  }

  override isReady(serviceName: string): boolean {
    return this.present(serviceName).told !== undefined
  }

  override watch(serviceName: string, init: WatchInit): RosterWatch {
    this.#source.watched(serviceName)
    return super.watch(serviceName, init)
  }

  /** Takes over the names that the other registry tells. */
  tellNames(names: ServiceNames): void {
    this.#names = names
    this.#spellings = undefined
    this.stamp()
    this.markNames()
  }

  /** Takes over a set that the other registry tells: of two of one service the newer one last. */
  tell(set: InstanceSet): void {
    const roster = this.obtain(set.serviceName)
    const isFirst = roster.told === undefined
    const { settled, stale, known, revision } = set
    const before = roster.claims().map(({ instance }) => instance)
    const { put, gone } = differenceOf(before, set.instances)
    for (const instance of put) this.#put(roster, { instance, told: revision })
    for (const { id } of gone) this.#delete(roster, { id, told: revision })
    if (isFirst) roster.log = new ChangeLog(revision)
    roster.told = { settled, stale }
    this.markKnown(roster, known)
    roster.revision = revision
    this.stamp()
    roster.invalidate()
    this.mark(roster)
  }

  /** Nothing is told of a service any more, and nobody reads it. */
  untell(serviceName: string): void {
    const roster = this.present(serviceName)
    roster.told = undefined
    this.markKnown(roster, false)
    roster.invalidate()
    this.dropIfIdle(roster)
  }

  /** What the other registry does not vouch for, nobody does. */
  protected override vouches(roster: Roster): boolean {
    return super.vouches(roster) && roster.told?.settled === true && !roster.told.stale
  }

  /** Whose registry it is tells what happens there. */
  protected override announce(): void {}

  #spellingsTold(): Spellings {
    if (this.#spellings) return this.#spellings
    const names = new Set(this.#names?.names)
    this.#spellings = new Spellings(name => names.has(name))
    for (const name of names) this.#spellings.add(name)
    return this.#spellings
  }

  #put(roster: Roster, { instance, told }: { instance: Instance; told: number }): void {
    const former = roster.get(instance.id)
    const claim = former ?? newClaim(instance, this.#holderOf(instance))
    const kind = former ? (former.instance.status === instance.status ? 'updated' : instance.status) : 'joined'
    const fields = former && changedFields(former.instance, instance)
    claim.instance = instance
    roster.put(claim)
    this.note(roster, { claim, kind, fields, told })
  }

  #delete(roster: Roster, { id, told }: { id: string; told: number }): void {
    const claim = roster.get(id)
    if (!claim) return
    claim.gone = true
    roster.delete(id)
    this.note(roster, { claim, kind: 'removed', told })
  }
}

/** Stands for somebody else's claim: it can be read, and that is all. */
function newClaim(instance: Instance, owner: Owner): Claim {
  return { number: 0, instance, owner, ttlMs: 0, drainRevision: 0, gone: false, createRevision: 0, revision: 0 }
}
