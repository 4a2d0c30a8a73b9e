import { randomUUID } from 'node:crypto'
import type { Abortable } from '../core/abort.ts'
import type { Clock } from '../core/clock.ts'
import { Latest } from '../core/latest.ts'
import { createInstance, validateServiceName } from './create-instance.ts'
import { LeaseLostError, RegistryClosedError } from './errors.ts'
import type { Instance } from './instance.ts'
import type { InstanceSet, ServiceNames } from './instance-set.ts'
import type { DrainOptions, DrainReport, InstanceChanges, Lease } from './lease.ts'
import type { RegisterOptions, Registry } from './registry.ts'
import type { Claim } from './store/owner.ts'
import { Store } from './store/store.ts'

/** A claim lapses after this long unless asked otherwise. */
const TTL_MS = 15_000

/** What a MemoryRegistry is made of. */
export interface MemoryRegistryOptions {
  /** Default: the system's. Ignored when `store` is given. */
  clock?: Clock | undefined
  /** Where the Instances are; registries that share one see each other's, as processes that share a server do. Default: one of its own. */
  store?: Store | undefined
}

/**
 * A Registry inside this process: for tests, for programs of one process, and as the measure of the others. Each lease lives by its own
 * heartbeat and lapses after its TTL. Closing revokes what was registered through this object; a shared Store goes on.
 */
export class MemoryRegistry implements Registry {
  #store: Store
  #ownsStore: boolean
  #id = randomUUID()
  #leases = new Map<Claim, MemoryLease>()
  #closed: RegistryClosedError | undefined
  /** End those who read. Not listeners of a signal: each that is added there is compared with all there are. */
  readonly #endings = new Set<(closed: RegistryClosedError) => void>()

  constructor({ clock, store }: MemoryRegistryOptions = {}) {
    this.#store = store ?? new Store({ clock })
    this.#ownsStore = store === undefined
  }

  async register(instance: Instance, { ttlMs = TTL_MS, signal }: RegisterOptions = {}): Promise<Lease> {
    this.#requireUsable(signal)
    const valid = createInstance(instance)
    const { leases } = this.#store
    const name = `${valid.id} (process ${process.pid})`
    const owner = leases.timed({
      id: `memory:${this.#id}/${valid.serviceName}/${valid.id}`,
      name,
      onLost: claim => this.#lost(claim),
    })
    const claim = leases.register(owner, valid, ttlMs)
    const lease = this.#leases.get(claim) ?? new MemoryLease(this.#store, claim, () => this.#leases.delete(claim))
    this.#leases.set(claim, lease)
    return lease
  }

  async *watch(serviceName: string, { signal }: Abortable = {}): AsyncGenerator<InstanceSet, void, void> {
    validateServiceName(serviceName)
    this.#requireUsable(signal)
    const { rosters } = this.#store
    const newest = new Latest(rosters.set(serviceName))
    const watch = rosters.watch(serviceName, {
      name: `process ${process.pid}`,
      acknowledges: true,
      onChange: () => renew(newest, rosters.set(serviceName)),
    })
    // A reader that is busy does not learn of the end before it reads on; no drain shall wait for it until then.
    const close = () => watch.close()
    this.#endings.add(close)
    try {
      for await (const set of this.#reading(newest, signal)) {
        yield set
        watch.acknowledge(set.revision)
      }
    } finally {
      this.#endings.delete(close)
      watch.close()
    }
  }

  async *services({ signal }: Abortable = {}): AsyncGenerator<ServiceNames, void, void> {
    this.#requireUsable(signal)
    const { rosters } = this.#store
    const newest = new Latest(rosters.names())
    const unwatch = rosters.watchNames(() => renew(newest, rosters.names()))
    try {
      yield* this.#reading(newest, signal)
    } finally {
      unwatch()
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = new RegistryClosedError()
    for (const end of this.#endings) end(this.#closed)
    for (const claim of this.#leases.keys()) this.#store.leases.revoke(claim)
    this.#leases.clear()
    if (this.#ownsStore) this.#store.close()
  }

  /** Every new value until `signal` aborts or the registry is closed. */
  async *#reading<T>(newest: Latest<T>, signal: AbortSignal | undefined): AsyncGenerator<T, void, void> {
    const close = (closed: RegistryClosedError) => newest.close(closed)
    this.#endings.add(close)
    try {
      yield* newest.read({ signal })
    } finally {
      this.#endings.delete(close)
    }
  }

  #requireUsable(signal: AbortSignal | undefined): void {
    if (this.#closed) throw this.#closed
    signal?.throwIfAborted()
  }

  #lost(claim: Claim): void {
    this.#leases.get(claim)?.lose()
    this.#leases.delete(claim)
  }
}

/** A Lease on a claim of the Store in this process. */
class MemoryLease implements Lease {
  #store: Store
  #claim: Claim
  #onRevoked: () => void
  #lost = new AbortController()

  constructor(store: Store, claim: Claim, onRevoked: () => void) {
    this.#store = store
    this.#claim = claim
    this.#onRevoked = onRevoked
  }

  get instance(): Instance {
    return this.#claim.instance
  }

  get ttlMs(): number {
    return this.#claim.ttlMs
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async renew({ signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
    if (this.#claim.gone) throw this.#lostError()
    this.#store.leases.renew(this.#claim.owner)
  }

  async update(changes: InstanceChanges, { signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
    this.#store.leases.update(this.#claim, changes)
  }

  async drain(options: DrainOptions = {}): Promise<DrainReport> {
    options.signal?.throwIfAborted()
    return this.#store.leases.drain(this.#claim, options)
  }

  async revoke({ signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
    this.#store.leases.revoke(this.#claim)
    this.#onRevoked()
  }

  /** The claim is gone against the holder's will. */
  lose(): void {
    this.#lost.abort(this.#lostError())
  }

  #lostError(): LeaseLostError {
    return new LeaseLostError(this.#claim.instance.serviceName, this.#claim.instance.id)
  }
}

/** Gives the readers a new value; not the same object again. */
function renew<T>(newest: Latest<T>, value: T): void {
  if (newest.value !== value) newest.set(value)
}
