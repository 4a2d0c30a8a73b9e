import type { Abortable } from '../../core/abort.ts'
import { Latest } from '../../core/latest.ts'
import { SortedInstances } from '../engine/sorted-instances.ts'
import type { Instance } from '../instance.ts'
import type { InstanceSet, ServiceNames } from '../instance-set.ts'

/** What is known of one service, and how many read it. */
interface KnownService {
  readonly instances: SortedInstances
  readonly sets: Latest<InstanceSet>
  known: boolean
  readers: number
}

/** What is told of one service. */
interface Told {
  readonly serviceName: string
  readonly instances: readonly Instance[]
  readonly known: boolean
  readonly revision: number
}

/**
 * The sets of a registry that is only read, by service name: told as a whole, read by any number. What is told again without a change wakes
 * nobody. A service name that was ever known stays known.
 */
export class KnownSets {
  readonly #services = new Map<string, KnownService>()
  readonly #names = new Latest<ServiceNames>()
  /** Counts the changes of all services. */
  #revision = 0
  /** Whether all is known there is, so that a service never heard of is unknown. */
  #whole = false
  #stale = false
  #error: Error | undefined

  /** Tells all there is: what is not among `all` is there no more. Services in `names` are known though they be empty. */
  replaceAll(all: Iterable<Instance>, names: Iterable<string> = []): void {
    const known = new Set(names)
    const byName = Map.groupBy(all, ({ serviceName }) => serviceName)
    this.#whole = true
    this.#stale = false
    for (const serviceName of [...known, ...byName.keys()]) this.#service(serviceName)
    const revision = this.#revision + 1
    for (const [serviceName, service] of this.#services) {
      const instances = byName.get(serviceName)
      const isKnown = instances !== undefined || known.has(serviceName)
      this.#update(service, { serviceName, instances: instances ?? [], known: isKnown, revision })
    }
    this.#tellNames()
  }

  /** Tells all there is of one service; `known` says that it exists, though it be empty. */
  replace(serviceName: string, instances: readonly Instance[], { known }: { known: boolean }): void {
    this.#update(this.#service(serviceName), { serviceName, instances, known, revision: this.#revision + 1 })
    this.#tellNames()
  }

  /** Tells the names that are known, though there be none: it is known that no more are known. */
  tellNames(): void {
    this.#tellNames()
  }

  /** What is known may be out of date, of one service or of all: readers have it once more, marked `stale`. */
  lose(serviceName?: string): void {
    if (serviceName === undefined) this.#stale = true
    const services = serviceName === undefined ? this.#services.values() : [this.#services.get(serviceName)]
    for (const service of services) {
      const set = service?.sets.value
      if (set && !set.stale) service.sets.set(Object.freeze({ ...set, stale: true }))
    }
  }

  /** The newest set at once, if one is known, then each newer one. */
  async *read(serviceName: string, { signal }: Abortable): AsyncGenerator<InstanceSet, void, void> {
    const service = this.#service(serviceName)
    if (this.#whole && !service.sets.value) this.#show(service, { serviceName, revision: 0 })
    if (this.#stale) this.lose(serviceName)
    service.readers++
    try {
      yield* service.sets.read({ signal })
    } finally {
      if (--service.readers === 0 && !service.known) this.#services.delete(serviceName)
    }
  }

  /** The newest names at once, if any are known, then each newer ones. */
  names({ signal }: Abortable): AsyncGenerator<ServiceNames, void, void> {
    return this.#names.read({ signal })
  }

  /** Ends every reader with `error`, those to come too. */
  close(error: Error): void {
    this.#error = error
    this.#names.close(error)
    for (const { sets } of this.#services.values()) sets.close(error)
  }

  #service(serviceName: string): KnownService {
    const existing = this.#services.get(serviceName)
    if (existing) return existing
    const service = { instances: new SortedInstances(), sets: new Latest<InstanceSet>(), known: false, readers: 0 }
    if (this.#error) service.sets.close(this.#error)
    this.#services.set(serviceName, service)
    return service
  }

  #update(service: KnownService, { serviceName, instances, known, revision }: Told): void {
    const isNews = known && !service.known
    service.known ||= known
    const isChange = service.instances.replace(instances) || isNews
    const shown = service.sets.value
    if (shown && !shown.stale && !isChange) return
    if (isChange) this.#revision = revision
    this.#show(service, { serviceName, revision: isChange ? revision : (shown?.revision ?? 0) })
  }

  #show(
    { instances, known, sets }: KnownService,
    { serviceName, revision }: { serviceName: string; revision: number },
  ) {
    const set = { serviceName, revision, instances: instances.list, known, settled: true, ageMs: 0, stale: false }
    sets.set(Object.freeze(set))
  }

  #tellNames(): void {
    const names = [...this.#services].flatMap(([serviceName, { known }]) => (known ? [serviceName] : []))
    const shown = this.#names.value
    if (shown && shown.names.length === names.length) return
    this.#names.set(
      Object.freeze({ revision: (shown?.revision ?? -1) + 1, names: Object.freeze(names.toSorted(byText)) }),
    )
  }
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1
}
