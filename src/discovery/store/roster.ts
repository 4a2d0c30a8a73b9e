import type { Clock } from '../../core/clock.ts'
import { ALL_FIELDS, type FieldSet } from '../changed-fields.ts'
import type { Instance } from '../instance.ts'
import type { InstanceSet } from '../instance-set.ts'
import { Audience } from './audience.ts'
import { ChangeLog } from './change-log.ts'
import { OrderedClaims } from './ordered-claims.ts'
import type { Claim } from './owner.ts'

/** What changed in one service from one revision to a later one. Immutable; the same object for everybody who asks for the same. */
export interface Delta {
  readonly serviceName: string
  readonly from: number
  readonly to: number
  /** New instances, and those that are others under the same id, in the order in which they last changed, the newest first. */
  readonly put: readonly Instance[]
  /** Changed instances in the same order. */
  readonly changed: readonly ChangedInstance[]
  /** Ids of instances that are gone. */
  readonly gone: readonly string[]
  readonly known: boolean
  readonly settled: boolean
  /** See `InstanceSet.stale`. */
  readonly stale: boolean
}

/** An Instance, and what of it changed. */
export interface ChangedInstance {
  readonly instance: Instance
  readonly fields: FieldSet
}

/** What is known of one service name. Changed by `Rosters` only. */
export class Roster {
  readonly serviceName: string
  log: ChangeLog
  revision: number
  /** What its instances take together, see `instanceBytes`. */
  bytes = 0
  /** Whether an instance of this name was ever registered, as far as is remembered. */
  known = false
  /** What another registry vouches for, whose set this is; undefined where there is none, or has not told it yet. */
  told: Pick<InstanceSet, 'settled' | 'stale'> | undefined
  /** The instance that last came or changed, if there is any. */
  latest: Instance | undefined
  #clock: Clock
  #audience: Audience | undefined
  readonly #claims = new OrderedClaims()
  #set: InstanceSet | undefined
  #deltas: Map<number, Delta> | undefined

  constructor(serviceName: string, { revision, clock }: { revision: number; clock: Clock }) {
    this.serviceName = serviceName
    this.revision = revision
    this.log = new ChangeLog(revision)
    this.#clock = clock
  }

  /** Those who watch it; made when there is first anybody, for most services of a large registry are watched by nobody. */
  get audience(): Audience {
    this.#audience ??= new Audience(this.#clock)
    return this.#audience
  }

  /** Whether there is nothing to keep it for. */
  get idle(): boolean {
    return !this.known && !this.told && (this.#audience?.idle ?? true)
  }

  /** Tells every watcher that something changed. */
  notify(): void {
    for (const watcher of this.#audience?.watchers ?? []) watcher.onChange()
  }

  get size(): number {
    return this.#claims.size
  }

  get(id: string): Claim | undefined {
    return this.#claims.get(id)
  }

  /** All of them in the order of ids; to be read at once, not kept. */
  claims(): readonly Claim[] {
    return this.#claims.inOrder()
  }

  /** Puts a claim in the place of its instance's id. */
  put(claim: Claim): void {
    this.#claims.put(claim)
    this.latest = claim.instance
  }

  delete(id: string): void {
    this.#claims.delete(id)
    if (this.#claims.size === 0) this.latest = undefined
  }

  /** What was computed of an earlier state is computed anew when it is next asked for. */
  invalidate(): void {
    this.#set = undefined
    this.#deltas = undefined
  }

  /** The whole set at the present revision: computed once per revision. */
  set(settled: boolean): InstanceSet {
    this.#set ??= Object.freeze({
      serviceName: this.serviceName,
      revision: this.revision,
      instances: Object.freeze(this.#claims.inOrder().map(claim => claim.instance)),
      known: this.known,
      settled,
      ageMs: 0,
      stale: this.told?.stale ?? false,
    })
    return this.#set
  }

  /** What changed since the revision `from`: computed once per pair of revisions. Undefined when it is not remembered so far back. */
  delta(from: number, settled: boolean): Delta | undefined {
    const cached = this.#deltas?.get(from)
    if (cached) return cached
    const changes = from <= this.revision ? this.log.since(from) : undefined
    if (!changes) return undefined
    const delta = this.#changed(from, { changes, settled })
    this.#deltas ??= new Map()
    this.#deltas.set(from, delta)
    return delta
  }

  #changed(from: number, { changes, settled }: { changes: ReadonlyMap<string, FieldSet>; settled: boolean }): Delta {
    const put: Instance[] = []
    const changed: ChangedInstance[] = []
    const gone: string[] = []
    for (const [id, fields] of changes) {
      const instance = this.#claims.get(id)?.instance
      if (!instance) gone.push(id)
      else if (fields === ALL_FIELDS) put.push(instance)
      else changed.push({ instance, fields })
    }
    return Object.freeze({
      serviceName: this.serviceName,
      from,
      to: this.revision,
      put,
      changed,
      gone,
      known: this.known,
      settled,
      stale: this.told?.stale ?? false,
    })
  }
}
