import type { Abortable } from '../core/abort.ts'
import { createInstance } from '../discovery/create-instance.ts'
import type { Instance } from '../discovery/instance.ts'
import { Turns } from '../discovery/engine/turns.ts'
import type { InstanceSet, ServiceNames } from '../discovery/instance-set.ts'
import type { DrainReport, InstanceChanges, Lease } from '../discovery/lease.ts'
import type { RegisterOptions, Registry } from '../discovery/registry.ts'
import { changed } from '../discovery/store/changed.ts'

/** A Registry that is only read, and how its other side is written. */
export interface WrittenFixture {
  readonly registry: Registry
  readonly write: (instances: readonly Instance[]) => Promise<void>
}

/** Reads as the registry does that it is given, and registers by writing its other side. Its leases do not lapse. */
export class WrittenRegistry implements Registry {
  readonly fixture: WrittenFixture
  readonly #instances: Map<string, Instance>

  /** `instances`, by service name and id, are shared by all that write the same. */
  constructor(fixture: WrittenFixture, instances: Map<string, Instance>) {
    this.fixture = fixture
    this.#instances = instances
  }

  async register(instance: Instance, { ttlMs = 15_000 }: RegisterOptions = {}): Promise<Lease> {
    const writes = { put: (one: Instance) => this.#put(one), remove: (one: Instance) => this.#remove(one) }
    const lease = new WrittenLease(createInstance(instance), ttlMs, writes)
    await this.#put(lease.instance)
    return lease
  }

  watch(serviceName: string, options?: Abortable): AsyncIterable<InstanceSet> {
    return this.fixture.registry.watch(serviceName, options)
  }

  services(options?: Abortable): AsyncIterable<ServiceNames> {
    return this.fixture.registry.services(options)
  }

  async close(): Promise<void> {
    await this.fixture.registry.close()
  }

  async #put(instance: Instance): Promise<void> {
    this.#instances.set(keyOf(instance), instance)
    await this.#write()
  }

  async #remove(instance: Instance): Promise<void> {
    this.#instances.delete(keyOf(instance))
    await this.#write()
  }

  async #write(): Promise<void> {
    await turns.take('write', () => this.fixture.write([...this.#instances.values()]))
  }
}

/** Two that write at once would leave what the slower one had seen. */
const turns = new Turns()

function keyOf({ serviceName, id }: Instance): string {
  return `${serviceName}/${id}`
}

/** What a WrittenLease does to the other side. */
interface Writes {
  readonly put: (instance: Instance) => Promise<void>
  readonly remove: (instance: Instance) => Promise<void>
}

class WrittenLease implements Lease {
  readonly ttlMs: number
  readonly lost = new AbortController().signal
  readonly #writes: Writes
  #instance: Instance

  constructor(instance: Instance, ttlMs: number, writes: Writes) {
    this.#instance = instance
    this.ttlMs = ttlMs
    this.#writes = writes
  }

  get instance(): Instance {
    return this.#instance
  }

  async renew(): Promise<void> {}

  async update(changes: InstanceChanges): Promise<void> {
    this.#instance = changed(this.#instance, changes)
    await this.#writes.put(this.#instance)
  }

  async drain(): Promise<DrainReport> {
    this.#instance = createInstance({ ...this.#instance, status: 'draining' })
    await this.#writes.put(this.#instance)
    return { acknowledged: false, watchers: 0, missing: [], tookMs: 0 }
  }

  async revoke(): Promise<void> {
    await this.#writes.remove(this.#instance)
  }
}
