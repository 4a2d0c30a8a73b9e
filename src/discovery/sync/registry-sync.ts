import { BaseService, type BaseServiceOptions } from '../../application/base-service.ts'
import type { PhaseContext } from '../../application/phase.ts'
import { publish } from '../../core/event.ts'
import { systemRandom, type Random } from '../../core/random.ts'
import type { Registry } from '../registry.ts'
import { ServiceSync } from './service-sync.ts'

/** What a RegistrySync is made of. */
export interface RegistrySyncOptions extends BaseServiceOptions {
  /** Where the originals are. */
  from: Pick<Registry, 'watch' | 'services'>
  /** Where their images are kept. */
  to: Pick<Registry, 'register' | 'watch'>
  /** Names `from` in the metadata of the images, for people: `consul://10.0.0.1:8500`, without secrets. */
  origin: string
  /** Default `sync`. */
  name?: string
  /** Which services are passed on. Default: all. */
  includes?: (serviceName: string) => boolean
  /** An image lapses this long after the end of this process, in milliseconds. Default 15,000. */
  ttlMs?: number
  /** The longest wait for the consumers of an image to let go of it, in milliseconds. Default 4,000: less than an original waits by default. */
  drainMs?: number
  /** How long images are kept while `from` is out of reach, in milliseconds. Default 600,000. */
  keepMs?: number
  random?: Random
}

/** A service that is passed on. */
interface Passing {
  readonly service: ServiceSync
  /** Ends it alone. */
  readonly ending: AbortController
}

/**
 * Keeps what is in one registry in another as well, so that consumers of either find it: for a move between registries without a stop.
 *
 * An image has the id and everything else of its original, and in its metadata where it comes from. What drains is drained over there as
 * well, and the drain of the original waits for it: this process acknowledges when the consumers of the image have. Images are passed on no
 * further, so two syncs may run in opposite directions. Where the original, or another instance at the same endpoints, is registered over
 * there by itself, its image gives way. While `from` is out of reach the images stay, for `keepMs`. They are taken out when this stops.
 */
export class RegistrySync extends BaseService {
  readonly #options: RegistrySyncOptions
  readonly #services = new Map<string, Passing>()
  /** Those that are known at present. */
  #names: ReadonlySet<string> = new Set()
  #ending = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor(options: RegistrySyncOptions) {
    super(options.name ?? 'sync', options)
    this.#options = options
  }

  protected override onStart(): void {
    this.#ending = new AbortController()
    this.#run(this.#followNames(this.#ending.signal))
  }

  protected override async onStop({ signal }: PhaseContext): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#running)
    await Promise.all([...this.#services.values()].map(({ service }) => service.close(signal)))
    this.#services.clear()
  }

  async #followNames(signal: AbortSignal): Promise<void> {
    const { from, includes = () => true } = this.#options
    for await (const { names } of from.services({ signal })) {
      this.#names = new Set(names)
      for (const serviceName of this.#services.keys()) this.#letGoOfGone(serviceName)
      for (const serviceName of names)
        if (!this.#services.has(serviceName) && includes(serviceName)) this.#begin(serviceName)
    }
  }

  #begin(serviceName: string): void {
    const { from, to, origin, ttlMs = 15_000, drainMs = 4_000, keepMs = 600_000, random = systemRandom } = this.#options
    const { clock } = this
    const onIdle = () => this.#letGoOfGone(serviceName)
    const service = new ServiceSync({ serviceName, from, to, origin, ttlMs, drainMs, keepMs, random, clock, onIdle })
    const ending = new AbortController()
    this.#services.set(serviceName, { service, ending })
    this.#run(service.run(AbortSignal.any([this.#ending.signal, ending.signal])))
    const message = `The instances of "${serviceName}" in ${origin} are passed on`
    publish('discovery', { level: 'info', event: 'sync.begun', message, serviceName, origin })
  }

  /** What is known no more, and has nothing left on either side, is watched no more. */
  #letGoOfGone(serviceName: string): void {
    const passing = this.#services.get(serviceName)
    if (passing?.service.isIdle !== true || this.#names.has(serviceName)) return
    this.#services.delete(serviceName)
    passing.ending.abort()
  }

  #run(running: Promise<void>): void {
    const guarded = this.#guarded(running).finally(() => this.#running.delete(guarded))
    this.#running.add(guarded)
  }

  /** A registry ends a watch only when it is closed; then this has failed. */
  async #guarded(running: Promise<void>): Promise<void> {
    try {
      await running
    } catch (error) {
      if (!this.#ending.signal.aborted) this.fail(error)
    }
  }
}
