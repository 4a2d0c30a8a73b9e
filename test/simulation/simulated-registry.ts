import { sleep, timeLimit, type Abortable } from '../../src/core/abort.ts'
import type { Clock, Timer } from '../../src/core/clock.ts'
import { Latest } from '../../src/core/latest.ts'
import type { Random } from '../../src/core/random.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'
import { LeaseLostError, RegistryClosedError, RegistryUnavailableError } from '../../src/discovery/errors.ts'
import type { Instance } from '../../src/discovery/instance.ts'
import type { InstanceSet, ServiceNames } from '../../src/discovery/instance-set.ts'
import type { DrainOptions, DrainReport, InstanceChanges, Lease } from '../../src/discovery/lease.ts'
import type { RegisterOptions, Registry } from '../../src/discovery/registry.ts'
import type { Claim, Owner } from '../../src/discovery/store/owner.ts'
import type { RosterWatch } from '../../src/discovery/store/roster-watch.ts'
import type { Store } from '../../src/discovery/store/store.ts'
import type { SimulatedServer } from './simulated-server.ts'

/** What a process's connection is made of. */
export interface SimulatedRegistryOptions {
  id: string
  clock: Clock
  random: Random
  /** Each way takes up to so long, in milliseconds; with 0 no time at all. */
  latencyMs: number
}

/** A lost connection comes back within so long after it can. */
const RECONNECT_MS = 2000

interface OpenWatch {
  readonly serviceName: string
  readonly newest: Latest<InstanceSet>
  roster: RosterWatch | undefined
}

/** One process's connection to a SimulatedServer, over a network that is slow and can be cut. */
export class SimulatedRegistry implements Registry {
  readonly #server: SimulatedServer
  readonly #id: string
  readonly #clock: Clock
  readonly #random: Random
  readonly #latencyMs: number
  readonly #leases = new Set<SimulatedLease>()
  readonly #watches = new Set<OpenWatch>()
  readonly #names = new Set<Latest<ServiceNames>>()
  #cut = false
  #closed = false
  #everLinked = false
  #connecting: Timer | undefined
  #link: { store: Store; owner: Owner; broken: AbortController } | undefined
  /** Since when it is linked; undefined while it is not. */
  linkedSince: number | undefined

  constructor(server: SimulatedServer, { id, clock, random, latencyMs }: SimulatedRegistryOptions) {
    this.#server = server
    this.#id = id
    this.#clock = clock
    this.#random = random
    this.#latencyMs = latencyMs
    server.links.add(this)
    this.refresh()
  }

  /** Breaks the connection until `heal()`. */
  cut(): void {
    this.#cut = true
    this.refresh()
  }

  heal(): void {
    this.#cut = false
    this.refresh()
  }

  /** Links or unlinks, as the server and the network are. */
  refresh(): void {
    const { store } = this.#server
    const reachable = store !== undefined && !this.#cut && !this.#closed
    if (this.#link && (!reachable || this.#link.store !== store)) this.#unlink()
    if (!reachable) {
      this.#connecting?.cancel()
      this.#connecting = undefined
    }
    if (!this.#link && reachable) this.#connectSoon()
  }

  async register(instance: Instance, { ttlMs = 15_000, signal }: RegisterOptions = {}): Promise<Lease> {
    return this.call({ signal }, ({ store, owner }) => {
      const claim = store.leases.register(owner, createInstance(instance), ttlMs)
      const lease = new SimulatedLease(this, claim)
      this.#leases.add(lease)
      return lease
    })
  }

  async *watch(serviceName: string, { signal }: Abortable = {}): AsyncGenerator<InstanceSet, void, void> {
    signal?.throwIfAborted()
    if (this.#closed) throw new RegistryClosedError()
    const watch: OpenWatch = { serviceName, newest: new Latest(), roster: undefined }
    this.#watches.add(watch)
    this.#attach(watch)
    try {
      for await (const set of watch.newest.read({ signal })) {
        yield set
        watch.roster?.acknowledge(set.revision)
      }
    } finally {
      watch.roster?.close()
      this.#watches.delete(watch)
    }
  }

  async *services({ signal }: Abortable = {}): AsyncGenerator<ServiceNames, void, void> {
    signal?.throwIfAborted()
    if (this.#closed) throw new RegistryClosedError()
    const { rosters } = this.#server.store!
    const newest = new Latest(rosters.names())
    this.#names.add(newest)
    const unwatch = rosters.watchNames(() => newest.set(rosters.names()))
    try {
      yield* newest.read({ signal })
    } finally {
      unwatch()
      this.#names.delete(newest)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#link) this.#link.store.leases.leave(this.#link.owner)
    for (const { roster } of this.#watches) roster?.close()
    this.kill()
  }

  /** Is gone without goodbye. */
  kill(): void {
    this.#closed = true
    this.refresh()
    this.#server.links.delete(this)
    for (const newest of [...this.#names, ...Array.from(this.#watches, watch => watch.newest)])
      newest.close(new RegistryClosedError())
  }

  /** Does something at the server. When the link breaks meanwhile, it was done or not, and the caller does not learn which. */
  async call<T>(
    { signal }: Abortable,
    action: (link: { store: Store; owner: Owner; broken: AbortController }) => T | Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    if (this.#closed) throw new RegistryClosedError()
    const link = this.#link
    if (!link) throw new RegistryUnavailableError('in this simulation')
    using limit = timeLimit(this.#clock, 60_000, { signal })
    try {
      await this.#travel(link.broken.signal)
      limit.signal.throwIfAborted()
      const result = await action(link)
      await this.#travel(link.broken.signal)
      return result
    } catch (cause) {
      if (link.broken.signal.aborted) throw new RegistryUnavailableError('in this simulation', { cause })
      throw cause
    }
  }

  async #travel(signal: AbortSignal): Promise<void> {
    if (this.#latencyMs > 0) await sleep(this.#clock, this.#random.next() * this.#latencyMs, { signal })
    signal.throwIfAborted()
  }

  forget(lease: SimulatedLease): void {
    this.#leases.delete(lease)
  }

  #connectSoon(): void {
    if (!this.#everLinked) return this.#connect(this.#server.store!)
    this.#connecting ??= this.#clock.schedule(this.#random.next() * RECONNECT_MS, () => {
      this.#connecting = undefined
      this.#connect(this.#server.store!)
    })
  }

  #connect(store: Store): void {
    this.#everLinked = true
    const onLost = (claim: Claim) => {
      for (const lease of this.#leases) if (lease.claim === claim) lease.lose()
    }
    const owner = store.leases.connect({ id: this.#id, name: this.#id, onLost })
    this.#link = { store, owner, broken: new AbortController() }
    this.linkedSince = this.#clock.now()
    for (const lease of this.#leases) lease.rebind(store, owner)
    for (const watch of this.#watches) this.#attach(watch)
  }

  #unlink(): void {
    const { store, owner, broken } = this.#link!
    this.#link = undefined
    this.linkedSince = undefined
    broken.abort()
    store.leases.disconnect(owner)
    for (const watch of this.#watches) {
      watch.roster?.lose()
      watch.roster = undefined
      const { value } = watch.newest
      if (value && !this.#closed) watch.newest.set({ ...value, stale: true })
    }
  }

  #attach(watch: OpenWatch): void {
    const { serviceName, newest } = watch
    const rosters = this.#link?.store.rosters
    if (!rosters) return
    const onChange = () => {
      if (rosters === this.#link?.store.rosters) newest.set(rosters.set(serviceName))
    }
    watch.roster = rosters.watch(serviceName, { name: this.#id, acknowledges: true, onChange })
    newest.set(rosters.set(serviceName))
  }
}

class SimulatedLease implements Lease {
  claim: Claim
  readonly #registry: SimulatedRegistry
  readonly #lost = new AbortController()

  constructor(registry: SimulatedRegistry, claim: Claim) {
    this.#registry = registry
    this.claim = claim
  }

  get instance(): Instance {
    return this.claim.instance
  }

  get ttlMs(): number {
    return this.claim.ttlMs
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  lose(): void {
    this.#registry.forget(this)
    this.#lost.abort(new LeaseLostError(this.instance.serviceName, this.instance.id))
  }

  /** Finds its claim again after the link was broken, or loses it. */
  rebind(store: Store, owner: Owner): void {
    const { serviceName, id } = this.instance
    const claim = store.rosters.find(serviceName, id)
    if (claim && claim.owner === owner && !claim.gone) this.claim = claim
    else this.lose()
  }

  async renew(options: Abortable = {}): Promise<void> {
    await this.#registry.call(options, ({ store, owner }) => {
      this.#lost.signal.throwIfAborted()
      store.leases.renew(owner)
    })
  }

  async update(changes: InstanceChanges, options: Abortable = {}): Promise<void> {
    await this.#registry.call(options, ({ store }) => store.leases.update(this.claim, changes))
  }

  async drain({ drainMs = 5000, signal }: DrainOptions = {}): Promise<DrainReport> {
    return this.#registry.call({ signal }, ({ store, broken }) => {
      return store.leases.drain(this.claim, {
        drainMs,
        signal: AbortSignal.any([broken.signal, ...(signal ? [signal] : [])]),
      })
    })
  }

  async revoke(options: Abortable = {}): Promise<void> {
    await this.#registry.call(options, ({ store }) => store.leases.revoke(this.claim))
    this.#registry.forget(this)
  }
}
