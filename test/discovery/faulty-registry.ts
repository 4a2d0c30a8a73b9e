import type { Abortable } from '../../src/core/abort.ts'
import type { Instance } from '../../src/discovery/instance.ts'
import type { InstanceSet, ServiceNames } from '../../src/discovery/instance-set.ts'
import type { DrainReport, InstanceChanges, Lease } from '../../src/discovery/lease.ts'
import type { RegisterOptions, Registry } from '../../src/discovery/registry.ts'

type Call = 'register' | 'renew' | 'update' | 'drain' | 'revoke'

/** A Registry that logs what it is asked to write, and fails or hangs when told to. What hangs goes on, whatever its signal says. */
export class FaultyRegistry implements Registry {
  /** Every call, in order, with `+` when it began and `-` when it ended. */
  readonly log: string[] = []
  /** Thrown by every call while set. */
  error: unknown
  readonly #registry: Registry
  readonly #held = new Map<Call, PromiseWithResolvers<void>>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Has this kind of call done its work but not answered, until the returned function is called. */
  hold(call: Call): () => void {
    const held = Promise.withResolvers<void>()
    this.#held.set(call, held)
    return () => {
      this.#held.delete(call)
      held.resolve()
    }
  }

  async register(instance: Instance, { ttlMs }: RegisterOptions = {}): Promise<Lease> {
    const lease = await this.#do('register', () => this.#registry.register(instance, ttlMs ? { ttlMs } : {}))
    return this.#faulty(lease)
  }

  watch(serviceName: string, options?: Abortable): AsyncIterable<InstanceSet> {
    return this.#registry.watch(serviceName, options)
  }

  services(options?: Abortable): AsyncIterable<ServiceNames> {
    return this.#registry.services(options)
  }

  async close(): Promise<void> {
    await this.#registry.close()
  }

  #faulty(lease: Lease): Lease {
    const run = <T>(call: Call, action: () => Promise<T>) => this.#do(call, action)
    return {
      get instance() {
        return lease.instance
      },
      ttlMs: lease.ttlMs,
      lost: lease.lost,
      renew: () => run('renew', () => lease.renew()),
      update: (changes: InstanceChanges) => run('update', () => lease.update(changes)),
      drain: ({ drainMs = 5000 } = {}) => run<DrainReport>('drain', () => lease.drain({ drainMs })),
      revoke: () => run('revoke', () => lease.revoke()),
    }
  }

  async #do<T>(call: Call, action: () => Promise<T>): Promise<T> {
    this.log.push(`+${call}`)
    try {
      if (this.error) throw this.error
      const result = await action()
      await this.#held.get(call)?.promise
      return result
    } finally {
      this.log.push(`-${call}`)
    }
  }
}
