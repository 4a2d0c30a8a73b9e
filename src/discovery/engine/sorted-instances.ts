import type { Instance } from '../instance.ts'
import { sameInstance } from '../same-instance.ts'

/**
 * The Instances of one service in the order of their ids, changed one by one: the place of each is found by halving. `list` is copied
 * when it is asked for after a change, and shares every unchanged Instance with the one before.
 */
export class SortedInstances {
  readonly #instances: Instance[] = []
  #list: readonly Instance[] | undefined

  /** As they are now. Frozen; the same object until something changes. */
  get list(): readonly Instance[] {
    this.#list ??= Object.freeze([...this.#instances])
    return this.#list
  }

  get(id: string): Instance | undefined {
    const instance = this.#instances[this.#placeOf(id)]
    return instance?.id === id ? instance : undefined
  }

  /** Whether that is a change; if not, the old object stays. */
  put(instance: Instance): boolean {
    const place = this.#placeOf(instance.id)
    const present = this.#instances[place]
    const replaces = present?.id === instance.id
    if (replaces && sameInstance(present, instance)) return false
    this.#instances.splice(place, replaces ? 1 : 0, instance)
    this.#list = undefined
    return true
  }

  /** Whether it was there. */
  remove(id: string): boolean {
    const place = this.#placeOf(id)
    if (this.#instances[place]?.id !== id) return false
    this.#instances.splice(place, 1)
    this.#list = undefined
    return true
  }

  /** Has `instances`, in any order, and no others; whether that is a change. */
  replace(instances: Iterable<Instance>): boolean {
    const before = this.#instances.length
    const next = Array.from(instances, instance => this.#known(instance)).toSorted(byId)
    const isSame = next.length === before && next.every((instance, at) => instance === this.#instances[at])
    if (isSame) return false
    this.#instances.length = 0
    for (const instance of next) this.#instances.push(instance)
    this.#list = undefined
    return true
  }

  /** The object that is there for the same, if there is one. */
  #known(instance: Instance): Instance {
    const present = this.get(instance.id)
    return present && sameInstance(present, instance) ? present : instance
  }

  /** Where `id` is or belongs, in the order of UTF-16 code units, as all of Ropewalk orders ids. */
  #placeOf(id: string): number {
    let low = 0
    let high = this.#instances.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#instances[middle] as Instance).id < id) low = middle + 1
      else high = middle
    }
    return low
  }
}

function byId(one: Instance, other: Instance): number {
  return one.id < other.id ? -1 : 1
}
