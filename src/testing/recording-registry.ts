import type { Abortable } from '../core/abort.ts'
import type { Instance } from '../discovery/instance.ts'
import type { InstanceSet, ServiceNames } from '../discovery/instance-set.ts'
import type { DrainOptions, DrainReport, InstanceChanges, Lease } from '../discovery/lease.ts'
import type { RegisterOptions, Registry } from '../discovery/registry.ts'
import type { WatchOracle } from './watch-oracle.ts'

/** Makes `registry` tell `oracle` all that is written and watched through it; otherwise it is the same. */
export function recordingRegistry(registry: Registry, oracle: WatchOracle): Registry {
  return {
    register: (instance: Instance, options?: RegisterOptions) => register(registry, oracle, { instance, options }),
    watch: (serviceName: string, options?: Abortable) => watch(registry, oracle, { serviceName, options }),
    services: (options?: Abortable): AsyncIterable<ServiceNames> => registry.services(options),
    close: () => registry.close(),
  }
}

async function register(
  registry: Registry,
  oracle: WatchOracle,
  { instance, options }: { instance: Instance; options: RegisterOptions | undefined },
): Promise<Lease> {
  const holder = {}
  const recorder = { oracle, holder, instance }
  const lease = await recorded(recorder, instance, () => registry.register(instance, options))
  lease.lost.addEventListener('abort', () => oracle.lapsed(instance.serviceName, instance.id, holder), { once: true })
  return new RecordingLease(lease, recorder)
}

async function* watch(
  registry: Registry,
  oracle: WatchOracle,
  { serviceName, options }: { serviceName: string; options: Abortable | undefined },
): AsyncGenerator<InstanceSet, void, void> {
  const view = oracle.watching(serviceName)
  try {
    for await (const set of registry.watch(serviceName, options)) {
      view.saw(set)
      yield set
    }
  } finally {
    view.ended = true
  }
}

interface Recorder {
  readonly oracle: WatchOracle
  readonly holder: unknown
  /** The Instance as last written. */
  instance: Instance
}

class RecordingLease implements Lease {
  readonly #lease: Lease
  readonly #recorder: Recorder

  constructor(lease: Lease, recorder: Recorder) {
    this.#lease = lease
    this.#recorder = recorder
  }

  get instance(): Instance {
    return this.#lease.instance
  }

  get ttlMs(): number {
    return this.#lease.ttlMs
  }

  get lost(): AbortSignal {
    return this.#lease.lost
  }

  async renew(options?: Abortable): Promise<void> {
    await this.#lease.renew(options)
  }

  async update(changes: InstanceChanges, options?: Abortable): Promise<void> {
    const instance = { ...this.#recorder.instance, ...changes }
    await recorded(this.#recorder, instance, () => this.#lease.update(changes, options))
  }

  async drain(options?: DrainOptions): Promise<DrainReport> {
    const instance: Instance = { ...this.#recorder.instance, status: 'draining' }
    return recorded(this.#recorder, instance, () => this.#lease.drain(options))
  }

  /** Of a claim that is lost there is nothing to write: by now the Instance may be another's. */
  async revoke(options?: Abortable): Promise<void> {
    if (this.lost.aborted) return this.#lease.revoke(options)
    await recorded(this.#recorder, undefined, () => this.#lease.revoke(options))
  }
}

async function recorded<T>(recorder: Recorder, instance: Instance | undefined, action: () => Promise<T>): Promise<T> {
  const { oracle, holder } = recorder
  const { serviceName, id } = recorder.instance
  const write = oracle.writing(serviceName, id, { instance, holder })
  if (instance) recorder.instance = instance
  try {
    const result = await action()
    write.done()
    return result
  } catch (error) {
    write.failed(error)
    throw error
  }
}
