import { KnownSets } from '../../discovery/read-only/known-sets.ts'
import { type InstanceList, listedInstances } from '../../discovery/read-only/listed-instances.ts'
import { ReadOnlyRegistry } from '../../discovery/read-only/read-only-registry.ts'

/** What a StaticRegistry knows. */
export interface StaticRegistryOptions {
  services: InstanceList
}

/**
 * A Registry that is written down where the program is started: for what never changes, and for tests. `register` rejects with
 * `RegistryReadOnlyError`. The constructor throws `InvalidInstanceListError`.
 */
export class StaticRegistry extends ReadOnlyRegistry {
  constructor({ services }: StaticRegistryOptions) {
    const sets = new KnownSets()
    sets.replaceAll(listedInstances(services), Object.keys(services))
    const advice = 'write it where the list is written, or use another registry'
    super({ url: 'static:', advice, sets, source: { async watched() {}, async close() {} } })
  }
}
