import { BaseService, type BaseServiceOptions } from '../application/base-service.ts'
import type { PhaseContext } from '../application/phase.ts'
import type { StopOptions } from '../application/service.ts'
import { abortable, type Abortable } from '../core/abort.ts'
import { RegistryClosedError } from './errors.ts'
import type { Instance } from './instance.ts'
import type { InstanceSet, ServiceNames } from './instance-set.ts'
import type { Lease } from './lease.ts'
import type { RegisterOptions, Registry } from './registry.ts'

/** What a RegistryService is made of. */
export interface RegistryServiceOptions extends BaseServiceOptions {
  /** Opens the adapter it delegates to; called again when it is used again after a stop. Should not wait for an absent registry. */
  open: () => Promise<Registry>
  /** Default `registry`. */
  name?: string
}

/**
 * A Registry with its place in the service tree: opened when it starts, or when it is first used before that, and closed when it
 * stops. Between a stop and the next start every use rejects with `RegistryClosedError`. List it before what uses it, so that it
 * starts first and stops last.
 */
export class RegistryService extends BaseService implements Registry {
  readonly #open: () => Promise<Registry>
  #registry: Promise<Registry> | undefined
  #closed = false

  constructor({ open, name = 'registry', ...options }: RegistryServiceOptions) {
    super(name, options)
    this.#open = open
  }

  async register(instance: Instance, options: RegisterOptions = {}): Promise<Lease> {
    const registry = await this.#opened(options)
    return registry.register(instance, options)
  }

  async *watch(serviceName: string, options: Abortable = {}): AsyncGenerator<InstanceSet, void, void> {
    const registry = await this.#opened(options)
    yield* registry.watch(serviceName, options)
  }

  async *services(options: Abortable = {}): AsyncGenerator<ServiceNames, void, void> {
    const registry = await this.#opened(options)
    yield* registry.services(options)
  }

  /** The same as `stop()`. */
  async close(): Promise<void> {
    await this.stop()
  }

  override async stop(options?: StopOptions): Promise<void> {
    await super.stop(options)
    await this.#release()
  }

  protected override async onStart({ signal }: PhaseContext): Promise<void> {
    this.#closed = false
    await this.#opened({ signal })
  }

  protected override async onStop(): Promise<void> {
    await this.#release()
  }

  async #opened({ signal }: Abortable): Promise<Registry> {
    if (this.#closed) throw new RegistryClosedError()
    this.#registry ??= this.#openOnce()
    return abortable(this.#registry, signal)
  }

  /** A failure to open is not remembered: the next use tries again. */
  async #openOnce(): Promise<Registry> {
    try {
      return await this.#open()
    } catch (error) {
      this.#registry = undefined
      throw error
    }
  }

  async #release(): Promise<void> {
    this.#closed = true
    const registry = this.#registry
    this.#registry = undefined
    const opened = await registry?.catch(() => undefined)
    await opened?.close()
  }
}
