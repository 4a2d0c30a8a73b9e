import type { Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { InstanceSet, ServiceNames } from '../instance-set.ts'
import type { FieldSet } from '../changed-fields.ts'
import type { Instance } from '../instance.ts'
import type { DrainReport } from '../lease.ts'
import { announce } from './announce.ts'
import type { WatchInit, Watcher } from './audience.ts'
import type { Change, ChangeKind } from './change.ts'
import { STORE_LIMITS, StoreLimitError, type StoreLimits } from './limits.ts'
import type { Memory } from './memory.ts'
import type { Claim } from './owner.ts'
import { type Delta, Roster } from './roster.ts'
import { RosterWatch } from './roster-watch.ts'
import { Spellings } from './spellings.ts'

/** How a Store keeps its rosters. */
export interface RostersInit {
  readonly clock: Clock
  /** Every revision will be above this one; service names never heard of are at this one. */
  readonly revision: number
  /** See `InstanceSet.settled`. */
  readonly settled: boolean
  readonly graceMs: number
  readonly quietMs: number
  /** Runs what it is given once, later: at the end of the turn. */
  readonly defer: (task: () => void) => void
  /** Fewer than there may be otherwise. */
  readonly limits?: Partial<StoreLimits> | undefined
  /** Default: there is room for everything. */
  readonly memory?: Memory | undefined
}

/** Hears of a claim that changed or went, and which fields of its instance did, all if undefined. Must not change the Store. */
export type RosterObserver = (claim: Claim, fields: FieldSet | undefined) => void

/** What happened to an instance, and the revision at which another registry tells of it. */
interface Happening {
  readonly claim: Claim
  readonly kind: ChangeKind
  /** All if undefined. */
  readonly fields?: FieldSet | undefined
  readonly told?: number
}

/**
 * All services: who is in them at which revision, what changed, and who watches. Revisions count the changes of all services together, so a
 * service that was forgotten and comes back still only grows. Watchers are told once per turn however much changed in it.
 */
export class Rosters {
  readonly limits: StoreLimits
  /** To be asked before anything is added. */
  readonly memory: Memory | undefined
  #init: RostersInit
  #rosters = new Map<string, Roster>()
  /** The one that was found last: most of what is asked is about the service that was asked about before. */
  #latest: Roster | undefined
  #revision: number
  /** What is said of a name without a roster: not lower than anything that was ever said of it. */
  #floor: number
  #settled: boolean
  /** Known services without instances, the longest empty first. */
  #empty = new Set<Roster>()
  #dirty = new Set<Roster>()
  #flushing = false
  #names: ServiceNames | undefined
  #namesRevision: number
  #namesDirty = false
  #namesWatchers = new Set<() => void>()
  readonly #spellings = new Spellings(name => this.#find(name)?.known === true)
  /** How many watches there are, and how many of the services were ever registered. */
  #watches = 0
  #knownCount = 0
  readonly #onWatchEnd = (roster: Roster) => {
    this.#watches--
    this.dropIfIdle(roster)
  }
  #observers = new Set<RosterObserver>()
  /** Until when those who watched before a restart may yet come back. */
  #returnsUntil = -Infinity

  constructor(init: RostersInit) {
    this.#init = init
    this.memory = init.memory
    this.limits = { ...STORE_LIMITS, ...init.limits }
    this.#revision = init.revision
    this.#floor = init.revision
    this.#namesRevision = init.revision
    this.#settled = init.settled
  }

  /** The revision of the newest change. */
  get revision(): number {
    return this.#revision
  }

  get settled(): boolean {
    return this.#settled
  }

  /** Whether the names can be read at once, as they can but in a `MirroredRosters`. */
  get hasNames(): boolean {
    return true
  }

  /** Resolves when a service can be read, and can for `keptMs`; undefined where that is so already, as it always is but in a `MirroredRosters`. */
  ready(_serviceName: string, _keptMs?: number): Promise<void> | undefined {
    return undefined
  }

  /** The same for all services. */
  readyAll(): Promise<void> | undefined {
    return undefined
  }

  /** Whether a service can be read at once. */
  isReady(_serviceName: string): boolean {
    return true
  }

  find(serviceName: string, id: string): Claim | undefined {
    return this.#find(serviceName)?.get(id)
  }

  /** The instance of a service that last came or changed, if it has any. */
  latest(serviceName: string): Instance | undefined {
    return this.#find(serviceName)?.latest
  }

  /** Everything held in a service, in the order of ids; to be read at once, not kept. */
  claims(serviceName: string): readonly Claim[] {
    return this.#find(serviceName)?.claims() ?? []
  }

  /** The whole set as it is now; the same object until something changes. */
  set(serviceName: string): InstanceSet {
    const roster = this.present(serviceName)
    return roster.set(this.vouches(roster))
  }

  /** What changed since `from`, to the present; undefined when that is not remembered, and the whole set must be taken. */
  delta(serviceName: string, from: number): Delta | undefined {
    const roster = this.present(serviceName)
    return roster.delta(from, this.vouches(roster))
  }

  /** All names known, in order; the same object until they change. */
  names(): ServiceNames {
    this.#names ??= Object.freeze({
      revision: this.#namesRevision,
      names: Object.freeze([...this.#known()].toSorted()),
    })
    return this.#names
  }

  /** The names known that are this one but for capitals; where there is none, the name itself. Each is a service of its own. */
  alike(serviceName: string): readonly string[] {
    return this.#spellings.alike(serviceName)
  }

  /** What happened in a service, the oldest first, as far as it is remembered. */
  history(serviceName: string): readonly Change[] {
    return this.#find(serviceName)?.log.changes ?? []
  }

  /** Who watches a service now, and the revision each works with. */
  watchers(serviceName: string): readonly Watcher[] {
    return [...(this.#find(serviceName)?.audience.watchers ?? [])]
  }

  /** Tells of changes from now on; the present state is there to be asked for. Throws `StoreLimitError`. */
  watch(serviceName: string, init: WatchInit): RosterWatch {
    this.#requireWatchable(serviceName)
    const roster = this.obtain(serviceName)
    const watcher = roster.audience.join(init, roster.revision)
    this.#watches++
    return new RosterWatch({ roster, watcher, graceMs: this.#init.graceMs, onEnd: this.#onWatchEnd })
  }

  /** Calls `onChange` once per turn in which the names changed, until the returned function is called. */
  watchNames(onChange: () => void): () => void {
    const watcher = () => onChange()
    this.#namesWatchers.add(watcher)
    return () => void this.#namesWatchers.delete(watcher)
  }

  /** Calls `onChange` with each claim that changed or went, in any service, at once, until the returned function is called. */
  observe(onChange: RosterObserver): () => void {
    const observer: RosterObserver = (claim, fields) => onChange(claim, fields)
    this.#observers.add(observer)
    return () => void this.#observers.delete(observer)
  }

  /** Takes a revision, above `floor` too, for something that is kept beside the rosters and has its place in the same order. */
  stamp(floor = 0): number {
    return (this.#revision = Math.max(this.#revision, floor) + 1)
  }

  /** Somebody read the set without watching: drains will give them the quiet period, or `quietMs` if that is longer. */
  polled(serviceName: string, quietMs?: number): void {
    this.#find(serviceName)?.audience.polled(quietMs)
  }

  /** The registry has restarted: those who watched before have the grace to come back, and no drain ends before. */
  awaitReturns(): void {
    this.#returnsUntil = this.#init.clock.now() + this.#init.graceMs
  }

  /** Waits until the watchers of a service work with the draining mark of `revision`. */
  async drain(
    serviceName: string,
    { revision, drainMs, signal }: Abortable & { revision: number; drainMs: number },
  ): Promise<DrainReport> {
    const roster = this.obtain(serviceName)
    try {
      const { quietMs, clock } = this.#init
      const awaitMs = this.#returnsUntil - clock.now()
      return await roster.audience.drain({ revision, drainMs, quietMs, awaitMs, signal })
    } finally {
      this.dropIfIdle(roster)
    }
  }

  /** Throws `StoreLimitError` if there is no room for another instance of this service. */
  requireRoom(serviceName: string): void {
    const roster = this.#find(serviceName)
    if (!roster && this.#rosters.size >= this.limits.services)
      throw new StoreLimitError('services', this.limits.services)
    if ((roster?.size ?? 0) >= this.limits.serviceInstances) {
      throw new StoreLimitError(`instances of "${serviceName}"`, this.limits.serviceInstances)
    }
  }

  /** Throws `StoreLimitError` if the instances of this service may not take so many bytes more. */
  requireBytes(serviceName: string, bytes: number): void {
    const total = (this.#find(serviceName)?.bytes ?? 0) + bytes
    if (bytes <= 0 || total <= this.limits.serviceBytes) return
    throw new StoreLimitError(`bytes of instances of "${serviceName}"`, this.limits.serviceBytes)
  }

  /** Notes that the instances of a service, which is there, take so many bytes more (or less). */
  weigh(serviceName: string, bytes: number): void {
    const roster = this.#find(serviceName)
    if (roster) roster.bytes += bytes
  }

  /** Notes what happened to an instance that is there (from now on), and which of its fields that changed. Returns the new revision. */
  put(claim: Claim, kind: ChangeKind, fields?: FieldSet): number {
    const roster = this.obtain(claim.instance.serviceName)
    roster.put(claim)
    this.#empty.delete(roster)
    if (!roster.known) this.#setKnown(roster, true)
    return this.note(roster, { claim, kind, fields })
  }

  /** Takes an instance out, for the reason `kind`. */
  delete(claim: Claim, kind: ChangeKind): void {
    const roster = this.obtain(claim.instance.serviceName)
    roster.delete(claim.instance.id)
    this.note(roster, { claim, kind })
    if (roster.size === 0) this.#emptied(roster)
  }

  /** From now on what is absent is gone: every watcher is told. */
  settle(): void {
    this.#vouch(true)
  }

  /** From now on what is absent may exist, for something that was known is lost: every watcher is told. Until `settle`. */
  unsettle(): void {
    this.#vouch(false)
  }

  #vouch(settled: boolean): void {
    if (this.#settled === settled) return
    this.#settled = settled
    for (const roster of this.#rosters.values()) {
      roster.invalidate()
      this.mark(roster)
    }
  }

  /** What is said of a service, there or not. */
  protected present(serviceName: string): Roster {
    return this.#find(serviceName) ?? this.#blank(serviceName)
  }

  /** Whether what is absent from a roster is gone. */
  protected vouches(_roster: Roster): boolean {
    return this.#settled
  }

  /** Notes what happened to an instance, at a revision of its own or, where another registry counts, at that one's. Returns the former. */
  protected note(roster: Roster, { claim, kind, fields, told }: Happening): number {
    const revision = this.stamp()
    roster.revision = told ?? revision
    claim.revision = revision
    claim.createRevision ||= revision
    const at = this.#init.clock.wallTime()
    const change = { revision: roster.revision, id: claim.instance.id, kind, at, holder: claim.owner.name }
    roster.log.append(change, fields)
    this.announce(roster.serviceName, change)
    roster.invalidate()
    this.mark(roster)
    for (const observer of this.#observers) observer(claim, fields)
    return revision
  }

  protected announce(serviceName: string, change: Change): void {
    announce(serviceName, change)
  }

  #emptied(roster: Roster): void {
    this.#empty.add(roster)
    if (this.#empty.size <= this.limits.emptyServices) return
    const [oldest] = this.#empty
    if (oldest) this.#forget(oldest)
  }

  /** An empty service is not known any more, as if it had never been. */
  #forget(roster: Roster): void {
    this.#empty.delete(roster)
    this.#setKnown(roster, false)
    this.#floor = ++this.#revision
    roster.revision = this.#floor
    roster.invalidate()
    this.mark(roster)
    this.dropIfIdle(roster)
  }

  #setKnown(roster: Roster, known: boolean): void {
    this.markKnown(roster, known)
    if (known) this.#spellings.add(roster.serviceName)
    else this.#spellings.delete(roster.serviceName)
    this.#names = undefined
    this.#namesRevision = this.#revision + 1
    this.#namesDirty = true
  }

  /** What nobody has registered is watched only as long as there is room for what somebody will. */
  #requireWatchable(serviceName: string): void {
    const { watches, services } = this.limits
    if (this.#watches >= watches) throw new StoreLimitError('watches', watches)
    const strangersMax = Math.ceil(services / 2)
    if (this.#rosters.size - this.#knownCount < strangersMax || this.#find(serviceName)) return
    throw new StoreLimitError('services that are watched and that nobody has registered', strangersMax)
  }

  /** Notes whether a service was ever registered. */
  protected markKnown(roster: Roster, known: boolean): void {
    if (roster.known !== known) this.#knownCount += known ? 1 : -1
    roster.known = known
  }

  /** Forgets a roster that there is nothing to keep for. */
  protected dropIfIdle(roster: Roster): void {
    if (!roster.idle || this.#find(roster.serviceName) !== roster) return
    this.#rosters.delete(roster.serviceName)
    this.#latest = undefined
  }

  /** The roster of a service, made if need be. */
  protected obtain(serviceName: string): Roster {
    let roster = this.#find(serviceName)
    if (!roster) this.#rosters.set(serviceName, (roster = this.#blank(serviceName)))
    return roster
  }

  #find(serviceName: string): Roster | undefined {
    if (this.#latest?.serviceName !== serviceName) this.#latest = this.#rosters.get(serviceName)
    return this.#latest
  }

  #blank(serviceName: string): Roster {
    return new Roster(serviceName, { revision: this.#floor, clock: this.#init.clock })
  }

  *#known(): Iterable<string> {
    for (const roster of this.#rosters.values()) if (roster.known) yield roster.serviceName
  }

  /** Tells the watchers of this roster at the end of the turn. */
  protected mark(roster: Roster): void {
    this.#dirty.add(roster)
    this.#flushLater()
  }

  /** Tells those who watch the names at the end of the turn. */
  protected markNames(): void {
    this.#namesDirty = true
    this.#flushLater()
  }

  #flushLater(): void {
    if (this.#flushing) return
    this.#flushing = true
    this.#init.defer(() => this.#flush())
  }

  #flush(): void {
    const dirty = this.#dirty
    const namesDirty = this.#namesDirty
    this.#dirty = new Set()
    this.#namesDirty = false
    this.#flushing = false
    for (const roster of dirty) roster.notify()
    if (namesDirty) for (const watcher of this.#namesWatchers) watcher()
  }
}
