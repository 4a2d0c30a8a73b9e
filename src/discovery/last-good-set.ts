import type { Instance } from './instance.ts'
import type { InstanceSet } from './instance-set.ts'
import { sameInstances } from './same-instance.ts'

/**
 * The best that is known of one service, from what a registry says of it. An Instance leaves only on proof: a set whose registry
 * vouches for it (`settled`, of a service name it knows). In any other set, what is absent is *retained* as `unconfirmed`, unless
 * that set's registry has listed it before, since then its absence means that it left.
 *
 * Moments (`now`) are in milliseconds of one clock.
 */
export class LastGoodSet {
  #base: InstanceSet
  #instances: readonly Instance[] = []
  #retained = new Map<string, Instance>()
  #vouched = true
  /** When it was last known to be current; undefined before anything was. */
  #currentAt: number | undefined

  constructor(serviceName: string) {
    this.#base = { serviceName, revision: 0, instances: [], known: false, settled: false, ageMs: 0, stale: true }
  }

  /** The same list until something in it changes. */
  get instances(): readonly Instance[] {
    return this.#instances
  }

  /** How many Instances are here though the registry does not list them. */
  get retained(): number {
    return this.#retained.size
  }

  get stale(): boolean {
    return this.#base.stale
  }

  /** The newest set, with its age. */
  at(now: number): InstanceSet {
    const ageMs = this.#base.stale ? Math.round(now - (this.#currentAt ?? now)) : 0
    return { ...this.#base, instances: this.#instances, ageMs }
  }

  /** Takes what the registry says. Tells whether that changes the set, or what it is worth. */
  accept(incoming: InstanceSet, now: number): boolean {
    const before = this.#base
    if (!incoming.stale || !before.stale || this.#currentAt === undefined) this.#currentAt = now - incoming.ageMs
    this.#weigh(incoming)
    this.#base = incoming
    return this.#replace(this.#merged(incoming)) || !sameWorth(before, incoming)
  }

  /** Notes that the registry is out of reach. Tells whether that is news. */
  lose(now: number): boolean {
    if (this.#base.stale) return false
    this.#currentAt = now
    this.#base = { ...this.#base, stale: true }
    return true
  }

  /** Lets what is retained go. Tells whether there was any. */
  release(): boolean {
    this.#retained.clear()
    this.#vouched = true
    return this.#replace(this.#base.instances)
  }

  /** Decides which Instances have to be retained beside those of `incoming`. */
  #weigh(incoming: InstanceSet): void {
    const vouched = incoming.settled && (incoming.known || this.#instances.length === 0)
    if (vouched) {
      this.#retained.clear()
    } else {
      const begins = this.#vouched || this.#base.stale
      if (begins) this.#retained = new Map(this.#instances.map(instance => [instance.id, unconfirmed(instance)]))
      for (const { id } of incoming.instances) this.#retained.delete(id)
    }
    this.#vouched = vouched
  }

  #merged({ instances }: InstanceSet): readonly Instance[] {
    if (this.#retained.size === 0) return instances
    return [...instances, ...this.#retained.values()].toSorted(byId)
  }

  #replace(instances: readonly Instance[]): boolean {
    if (sameInstances(this.#instances, instances)) return false
    this.#instances = Object.freeze(instances)
    return true
  }
}

function sameWorth(one: InstanceSet, other: InstanceSet): boolean {
  return one.stale === other.stale && one.settled === other.settled && one.known === other.known
}

function unconfirmed(instance: Instance): Instance {
  return instance.status === 'ready' ? Object.freeze({ ...instance, status: 'unconfirmed' }) : instance
}

function byId(one: Instance, other: Instance): number {
  if (one.id === other.id) return 0
  return one.id < other.id ? -1 : 1
}
