import type { Abortable } from '../../../src/core/abort.ts'
import type { Instance } from '../../../src/discovery/instance.ts'
import type { InstanceSet, ServiceNames } from '../../../src/discovery/instance-set.ts'
import type { Lease } from '../../../src/discovery/lease.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import type { RegisterOptions, Registry } from '../../../src/discovery/registry.ts'
import type { Store } from '../../../src/discovery/store/store.ts'

/** A memory registry that counts what is open at it, and can be away. */
export class CountingRegistry implements Registry {
  readonly #registry: MemoryRegistry
  /** How many watches of each service are open. */
  readonly watches = new Map<string, number>()
  /** What every call of it rejects with while it is away. */
  failure: Error | undefined
  registrations = 0
  #held: Promise<void> = Promise.resolve()

  constructor(store?: Store) {
    this.#registry = new MemoryRegistry({ store })
  }

  async register(instance: Instance, options?: RegisterOptions): Promise<Lease> {
    this.registrations++
    if (this.failure) throw this.failure
    return this.#registry.register(instance, options)
  }

  async *watch(serviceName: string, options?: Abortable): AsyncGenerator<InstanceSet, void, void> {
    this.watches.set(serviceName, this.open(serviceName) + 1)
    try {
      if (this.failure) throw this.failure
      yield* this.#registry.watch(serviceName, options)
    } finally {
      this.watches.set(serviceName, this.open(serviceName) - 1)
    }
  }

  /** Keeps it from telling names until what is returned is resolved. */
  hold(): PromiseWithResolvers<void> {
    const held = Promise.withResolvers<void>()
    this.#held = held.promise
    return held
  }

  async *services(options?: Abortable): AsyncGenerator<ServiceNames, void, void> {
    await this.#held
    if (this.failure) throw this.failure
    yield* this.#registry.services(options)
  }

  /** How many watches of a service are open. */
  open(serviceName: string): number {
    return this.watches.get(serviceName) ?? 0
  }

  async close(): Promise<void> {
    await this.#registry.close()
  }
}
