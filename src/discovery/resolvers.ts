import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { BaseService, type BaseServiceOptions } from '../application/base-service.ts'
import type { StopOptions } from '../application/service.ts'
import type { Timer } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { validateServiceName } from './create-instance.ts'
import { RegistryClosedError } from './errors.ts'
import { Resolver, type ResolverOptions } from './resolver.ts'

/** What Resolvers are made of; `registry`, `clock` and `random` and the limits of a Resolver go to each. */
export interface ResolversOptions
  extends BaseServiceOptions, Omit<ResolverOptions, 'serviceName' | 'snapshotFile' | 'required'> {
  /** Default `resolvers`. */
  name?: string
  /** A Resolver nobody asked for in so long is closed; it may take twice that. In milliseconds. Default 300,000. */
  idleMs?: number
  /** How many are kept at most; the one asked for longest ago makes room. Default 1,000. */
  resolversMax?: number
  /** Keep the last good sets in this folder, one file each. Default: nowhere. */
  snapshotFolder?: string
}

/**
 * One Resolver per service name, opened when first asked for. Ask for it at every use, which is quick, rather than keep it: one that
 * is not asked for is closed after a while, and goes stale. May be used before it is started.
 */
export class Resolvers extends BaseService {
  readonly #options: ResolversOptions
  readonly #entries = new Map<string, Entry>()
  #sweeping: Timer | undefined
  #closed = false

  constructor(options: ResolversOptions) {
    super(options.name ?? 'resolvers', options)
    this.#options = options
  }

  /** How many are open. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * The Resolver of `serviceName`; `ready()` tells when it knows something. Throws `RegistryClosedError` once this is stopped, until it
   * is started again, and `InvalidInstanceError` for what cannot be a service name.
   */
  get(serviceName: string): Resolver {
    const entry = this.#entries.get(serviceName) ?? this.#open(serviceName)
    entry.asked = true
    return entry.resolver
  }

  override async stop(options?: StopOptions): Promise<void> {
    await super.stop(options)
    await this.#release()
  }

  protected override onStart(): void {
    this.#closed = false
  }

  protected override async onStop(): Promise<void> {
    await this.#release()
  }

  #open(serviceName: string): Entry {
    if (this.#closed) throw new RegistryClosedError()
    validateServiceName(serviceName)
    this.#makeRoom()
    const entry = { resolver: new Resolver(this.#resolverOptions(serviceName)), asked: true }
    this.#entries.set(serviceName, entry)
    this.#sweeping ??= this.#sweepLater()
    // A start that fails, or is given up by a stop, leaves a Resolver that stays as it is: stale.
    entry.resolver.start().catch(() => {})
    return entry
  }

  #resolverOptions(serviceName: string): ResolverOptions {
    const { name: _, snapshotFolder, ...options } = this.#options
    const snapshot = snapshotFolder === undefined ? {} : { snapshotFile: join(snapshotFolder, fileName(serviceName)) }
    return { ...options, ...snapshot, serviceName, clock: this.clock }
  }

  #makeRoom(): void {
    const { resolversMax = 1000 } = this.#options
    if (this.#entries.size < resolversMax) return
    const oldest = this.#entries.entries().find(([, { asked }]) => !asked) ?? this.#entries.entries().next().value
    if (oldest) void this.#close(...oldest)
  }

  #sweepLater(): Timer {
    return this.clock.schedule(this.#options.idleMs ?? 300_000, () => this.#sweep())
  }

  #sweep(): void {
    for (const [serviceName, entry] of this.#entries) {
      if (!entry.asked) void this.#close(serviceName, entry)
      entry.asked = false
    }
    this.#sweeping = this.#entries.size > 0 ? this.#sweepLater() : undefined
  }

  async #close(serviceName: string, { resolver }: Entry): Promise<void> {
    this.#entries.delete(serviceName)
    try {
      await resolver.stop()
    } catch (error) {
      const message = `The resolver of "${serviceName}" did not stop`
      publish('discovery', { level: 'warn', event: 'resolver.abandoned', message, serviceName, error })
    }
  }

  async #release(): Promise<void> {
    this.#closed = true
    this.#sweeping?.cancel()
    this.#sweeping = undefined
    await Promise.all(Array.from(this.#entries, entry => this.#close(...entry)))
  }
}

interface Entry {
  readonly resolver: Resolver
  /** Whether it was asked for since the last sweep. */
  asked: boolean
}

/** A file name for any service name: readable where it can be, and never the same for two. */
function fileName(serviceName: string): string {
  const readable = serviceName.replaceAll(/[^\w.-]/g, '_').slice(0, 100)
  return `${readable}-${createHash('sha256').update(serviceName).digest('hex').slice(0, 16)}.json`
}
