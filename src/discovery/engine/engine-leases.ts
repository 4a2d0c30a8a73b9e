import { abortable, type Abortable } from '../../core/abort.ts'
import { InstanceConflictError } from '../errors.ts'
import type { Instance } from '../instance.ts'
import type { Calls } from './calls.ts'
import type { Engine, InstanceKey } from './engine.ts'
import { EngineLease } from './engine-lease.ts'
import type { FollowerContext } from './follower.ts'
import { Turns } from './turns.ts'

/** What EngineLeases need. */
export interface EngineLeasesOptions {
  readonly engine: Engine
  readonly calls: Calls
  readonly context: FollowerContext
  readonly quietMs: number
  /** See `EngineLeaseOptions`. */
  readonly onWritten: (key: InstanceKey, revision: number) => void
}

/** How something is registered. */
interface Taking extends Abortable {
  readonly ttlMs: number
  readonly holder?: string | undefined
}

/** Everything this process holds in an engine. */
export class EngineLeases {
  readonly #options: EngineLeasesOptions
  readonly #leases = new Map<string, EngineLease>()
  readonly #turns = new Turns()

  constructor(options: EngineLeasesOptions) {
    this.#options = options
  }

  /**
   * Registering again what is held writes it anew and gives the same Lease. One that is given up, or fails, leaves nothing behind: what the
   * engine may have of it is taken back before the next turn.
   */
  async register(instance: Instance, { ttlMs, holder, signal }: Taking): Promise<EngineLease> {
    const registered = Promise.withResolvers<EngineLease>()
    const given = abortable(registered.promise, signal)
    void this.#turns.take(name(instance), async () => {
      if (signal?.aborted) return registered.reject(signal.reason)
      const held = this.#held(instance)
      const lease = held ?? this.#create(instance, ttlMs)
      try {
        await lease.take(instance, { ttlMs, holder, signal })
        this.#leases.set(name(instance), lease)
        registered.resolve(lease)
        // Whoever gave up at this very moment does not get it.
        await given
      } catch (error) {
        registered.reject(error)
        const isTaken = error instanceof InstanceConflictError
        if (!held) lease.lose()
        if (!held && !isTaken) await lease.withdraw()
        if (held && isTaken) held.lose()
      }
    })
    return given
  }

  /** Asks the engine about those of `gone` that are held here. */
  verify(gone: readonly InstanceKey[]): void {
    for (const key of gone) this.#leases.get(name(key))?.verify()
  }

  /** Asks the engine about everything that is held here. */
  verifyAll(): void {
    for (const lease of this.#leases.values()) lease.verify()
  }

  /** Lets time change nothing any more, and waits until nothing is under way. */
  async close(): Promise<void> {
    for (const lease of this.#leases.values()) lease.close()
    await this.#turns.idle()
  }

  #held(key: InstanceKey): EngineLease | undefined {
    const lease = this.#leases.get(name(key))
    return lease?.held ? lease : undefined
  }

  #create(instance: Instance, ttlMs: number): EngineLease {
    const { engine, calls, context, quietMs, onWritten } = this.#options
    const lease: EngineLease = new EngineLease(instance, ttlMs, {
      claim: engine.claim(instance),
      calls,
      turns: this.#turns,
      context,
      notes: engine.notes,
      quietMs,
      onWritten,
      onGone: gone => {
        if (this.#leases.get(name(gone.instance)) === gone) this.#leases.delete(name(gone.instance))
      },
    })
    return lease
  }
}

function name({ serviceName, id }: InstanceKey): string {
  return `${serviceName}/${id}`
}
