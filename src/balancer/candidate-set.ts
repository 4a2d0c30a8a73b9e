import type { Instance, InstanceStatus } from '../discovery/instance.ts'
import type { Candidate } from './candidate.ts'
import type { SlowStart } from './slow-start.ts'
import { weightedSlots } from './weighted-slots.ts'

/** How good a choice a candidate is: those of the first tier that has any are picked from. */
export type Tier = 'preferred' | 'late' | 'suspect' | 'weightless' | 'ejected'

const TIERS: readonly Tier[] = ['preferred', 'late', 'suspect', 'weightless', 'ejected']

const TIER_OF_STATUS: Record<InstanceStatus, Tier | undefined> = {
  ready: 'preferred',
  unconfirmed: 'preferred',
  late: 'late',
  suspect: 'suspect',
  draining: undefined,
}

/**
 * The tier of a candidate; undefined when nothing may be sent to it, because it is draining. A weight of 0 means no share of the
 * work: chosen only when no other is left that is not ejected.
 */
export function tierOf({ instance, weight, ejected }: Candidate): Tier | undefined {
  const tier = TIER_OF_STATUS[instance.status]
  if (tier === undefined) return undefined
  if (ejected) return 'ejected'
  return weight === 0 ? 'weightless' : tier
}

/**
 * The candidates of one service name, sorted into tiers once per set rather than at every pick. A candidate is recognised by its
 * instance's id and lives as long as that id is in the sets.
 */
export class CandidateSet<C extends Candidate> {
  readonly #create: (instance: Instance) => C
  readonly #slowStart: SlowStart | undefined
  #byId = new Map<string, C>()
  #tiers: ReadonlyArray<readonly C[]> = []
  /** What to pick from: the first tier that has any, as weighted slots. Empty when nothing can be picked. */
  best: readonly C[] = []
  /** Whether any is given less in slow start: then `sort` when `stepMs` of that are over. */
  isWarming = false

  /** Without `slowStart` an Instance that has just started is given as much as any. */
  constructor(create: (instance: Instance) => C, slowStart?: SlowStart) {
    this.#create = create
    this.#slowStart = slowStart
  }

  /** All of them, the draining ones too. */
  get all(): Iterable<C> {
    return this.#byId.values()
  }

  /** Takes over a newer set. Returns those that are no longer in it. */
  update(instances: readonly Instance[]): readonly C[] {
    const before = this.#byId
    this.#byId = new Map(instances.map(instance => [instance.id, this.#renewed(before.get(instance.id), instance)]))
    const gone = [...before.values()].filter(candidate => this.#byId.get(candidate.instance.id) !== candidate)
    for (const candidate of gone) this.#slowStart?.forget(candidate)
    this.sort()
    return gone
  }

  /** Sorts into tiers anew: call it when `ejected` of one has changed, and now and then while `isWarming`. */
  sort(): void {
    const byTier = Map.groupBy(this.#byId.values(), tierOf)
    this.isWarming = false
    this.#tiers = TIERS.flatMap(tier => {
      const candidates = byTier.get(tier)
      if (!candidates) return []
      if (this.#slowStart?.apply(candidates)) this.isWarming = true
      return [weightedSlots(candidates)]
    })
    this.best = this.#tiers[0] ?? []
  }

  /** What to pick from besides those already tried: the best tier that has others. For retries; takes time in proportion to the set. */
  untried(tried: ReadonlySet<C>): readonly C[] {
    for (const tier of this.#tiers) {
      const left = tier.filter(candidate => !tried.has(candidate))
      if (left.length > 0) return left
    }
    return []
  }

  #renewed(known: C | undefined, instance: Instance): C {
    const isStartedAnew = known?.instance.startedAt !== instance.startedAt
    const candidate = known ?? this.#create(instance)
    if (known) known.update(instance)
    if (isStartedAnew) this.#slowStart?.seen(candidate)
    return candidate
  }
}
