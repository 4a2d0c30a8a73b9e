import { abortable, firstAborted, type Abortable } from '../../core/abort.ts'
import { validateServiceName } from '../create-instance.ts'
import { RegistryClosedError, RegistryReadOnlyError } from '../errors.ts'
import type { Instance } from '../instance.ts'
import type { InstanceSet, ServiceNames } from '../instance-set.ts'
import type { Lease } from '../lease.ts'
import type { RegisterOptions, Registry } from '../registry.ts'
import type { KnownSets } from './known-sets.ts'

/** What a ReadOnlyRegistry is made of. */
export interface ReadOnlyRegistryOptions {
  /** The registry as people write it, for errors. */
  readonly url: string
  /** How an instance gets into it, for who tries to register: `edit the file`. */
  readonly advice: string
  readonly sets: KnownSets
  /** What tells the sets. */
  readonly source: SetSource
}

/** What tells a ReadOnlyRegistry what it knows. */
export interface SetSource {
  /**
   * Somebody begins to watch `serviceName`, or with undefined the names of services; the signal aborts when that ends. Resolves when what can be
   * known at once has been told, and never rejects.
   */
  watched(serviceName: string | undefined, signal: AbortSignal): Promise<void>
  /** Lets go of everything. */
  close(): Promise<void>
}

/** A Registry that somebody else fills: everything but `register`, which rejects with `RegistryReadOnlyError`. */
export class ReadOnlyRegistry implements Registry {
  readonly #options: ReadOnlyRegistryOptions
  readonly #closing = new AbortController()
  #closed: Promise<void> | undefined

  constructor(options: ReadOnlyRegistryOptions) {
    this.#options = options
  }

  async register(instance: Instance, { signal }: RegisterOptions = {}): Promise<Lease> {
    this.#requireUsable(signal)
    const { url, advice } = this.#options
    throw new RegistryReadOnlyError(url, instance.id, advice)
  }

  async *watch(serviceName: string, { signal }: Abortable = {}): AsyncGenerator<InstanceSet, void, void> {
    validateServiceName(serviceName)
    yield* this.#reading(serviceName, signal, sets => sets.read(serviceName, { signal }))
  }

  async *services({ signal }: Abortable = {}): AsyncGenerator<ServiceNames, void, void> {
    yield* this.#reading(undefined, signal, sets => sets.names({ signal }))
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close()
    await this.#closed
  }

  async *#reading<T>(
    serviceName: string | undefined,
    signal: AbortSignal | undefined,
    read: (sets: KnownSets) => AsyncGenerator<T, void, void>,
  ): AsyncGenerator<T, void, void> {
    this.#requireUsable(signal)
    const ended = new AbortController()
    try {
      using given = firstAborted([signal, this.#closing.signal])
      await abortable(this.#options.source.watched(serviceName, ended.signal), given.signal)
      yield* read(this.#options.sets)
    } finally {
      ended.abort()
    }
  }

  async #close(): Promise<void> {
    const error = new RegistryClosedError()
    this.#closing.abort(error)
    this.#options.sets.close(error)
    await this.#options.source.close()
  }

  #requireUsable(signal: AbortSignal | undefined): void {
    this.#closing.signal.throwIfAborted()
    signal?.throwIfAborted()
  }
}
