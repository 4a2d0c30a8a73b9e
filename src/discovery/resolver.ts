import { BaseService, type BaseServiceOptions } from '../application/base-service.ts'
import type { PhaseContext } from '../application/phase.ts'
import { abortable, timeLimit, type Abortable } from '../core/abort.ts'
import type { Timer } from '../core/clock.ts'
import { publish } from '../core/event.ts'
import { Latest } from '../core/latest.ts'
import { systemRandom, type Random } from '../core/random.ts'
import { RegistryUnavailableError } from './errors.ts'
import type { Instance } from './instance.ts'
import type { InstanceSet } from './instance-set.ts'
import { LastGoodSet } from './last-good-set.ts'
import type { Registry } from './registry.ts'
import { SetListeners, type SetListener } from './set-listeners.ts'
import { SetSnapshot } from './set-snapshot.ts'
import { SetWatch } from './set-watch.ts'

/** What a Resolver is made of. */
export interface ResolverOptions extends BaseServiceOptions {
  registry: Pick<Registry, 'watch'>
  serviceName: string
  random?: Random
  /** How long listeners may hold up the acknowledgement of a set, in milliseconds. Default 1,000. */
  listenerMs?: number
  /** A watch that says nothing for this long is opened again and compared, in milliseconds. Default 300,000. */
  silenceMs?: number
  /**
   * How long an Instance that a restarted registry neither lists nor has vouched to be gone is kept, in milliseconds, counted while the
   * registry can be reached. Default 30,000.
   */
  retainMs?: number
  /** Keep the last good set in this file and begin with it (stale) after a restart. Default: none. */
  snapshotFile?: string
  /** Whether `start()` waits until an Instance takes work. Default false: it waits for nothing. */
  required?: boolean
}

/** How to wait for a set. */
export interface ReadyOptions extends Abortable {
  /** How long to wait for an Instance that takes work when the set has none, in milliseconds. Default 0. */
  waitMs?: number
}

/** How long `ready()` waits for the first word of the registry, in milliseconds. */
const FIRST_SET_MS = 5000

/**
 * Keeps the newest set of one service name and answers from memory. While the registry is away it goes on with the last good set and
 * says how old that is; an error, a restart or an empty answer without proof never takes an Instance from it.
 *
 * A set is first visible here, then told to the listeners, and when they are done (or `listenerMs` has passed) acknowledged to the
 * registry by reading on. Sets that come meanwhile are coalesced.
 */
export class Resolver extends BaseService {
  readonly serviceName: string
  readonly #options: ResolverOptions
  readonly #known: LastGoodSet
  readonly #changes = new Latest<InstanceSet>()
  readonly #listeners = new SetListeners()
  #snapshot: SetSnapshot | undefined
  #retaining: Timer | undefined
  /** Why the watch failed last, while there is no answer. */
  #failure: unknown
  #answered = Promise.withResolvers<void>()
  #watching: { controller: AbortController; done: Promise<void> } | undefined

  constructor(options: ResolverOptions) {
    const { serviceName } = options
    super(`resolver:${serviceName}`, options)
    this.serviceName = serviceName
    this.#options = options
    this.#known = new LastGoodSet(serviceName)
  }

  /** The newest set, with its age at this moment. Revision 0, unknown, unsettled and stale before the first. */
  get set(): InstanceSet {
    return this.#known.at(this.clock.now())
  }

  /** The Instances of the newest set: the same list until something in it changes, so that what is computed from it can be kept. */
  get instances(): readonly Instance[] {
    return this.#known.instances
  }

  /** Calls `listener` for every change of the set, or of what it is worth, until the returned function is called. */
  onChange(listener: SetListener): () => void {
    return this.#listeners.add(listener)
  }

  /**
   * Waits for the first word of the registry (at most 5 s, then it rejects with `RegistryUnavailableError`), and then, while no
   * Instance takes work, up to `waitMs` more. Resolves with the newest set, whatever is in it: `known` tells an unknown service from an
   * empty one. At once when an Instance takes work.
   */
  async ready({ signal, waitMs = 0 }: ReadyOptions = {}): Promise<InstanceSet> {
    if (this.#known.instances.some(takesWork)) return this.set
    await this.#firstSet(signal)
    if (waitMs > 0) await this.#takingWork({ waitMs, signal })
    return this.set
  }

  protected override async onStart({ signal }: PhaseContext): Promise<void> {
    await this.#restore()
    const controller = new AbortController()
    this.#watching = { controller, done: this.#watch().run(controller.signal) }
    if (this.#options.required) await this.#takingWork({ signal })
  }

  protected override async onStop(): Promise<void> {
    this.#watching?.controller.abort()
    await this.#watching?.done
    this.#watching = undefined
    this.#answered = Promise.withResolvers()
    void this.#update(this.#known.lose(this.clock.now()))
    await this.#snapshot?.close()
  }

  async #restore(): Promise<void> {
    const { serviceName, snapshotFile: file } = this.#options
    if (file === undefined) return
    this.#snapshot = new SetSnapshot({ file, serviceName, clock: this.clock })
    if (this.#known.instances.length > 0) return
    const saved = await this.#snapshot.load()
    if (saved) await this.#update(this.#known.accept(saved, this.clock.now()))
  }

  #watch(): SetWatch {
    const { registry, serviceName, random = systemRandom, silenceMs = 300_000 } = this.#options
    return new SetWatch({
      registry,
      serviceName,
      clock: this.clock,
      random,
      silenceMs,
      accept: set => this.#accept(set),
      lose: error => this.#lose(error),
    })
  }

  async #accept(incoming: InstanceSet): Promise<void> {
    const changed = this.#known.accept(incoming, this.clock.now())
    this.#failure = undefined
    this.#answered.resolve()
    await this.#update(changed)
  }

  async #lose(error: unknown): Promise<void> {
    const { serviceName } = this
    this.#failure = error
    const message = `The watch of "${serviceName}" failed: going on with the last good set, and trying again`
    publish('discovery', { level: 'warn', event: 'resolver.lost', message, serviceName, error })
    await this.#update(this.#known.lose(this.clock.now()))
  }

  async #update(changed: boolean): Promise<void> {
    this.#retain()
    if (!changed) return
    const { set } = this
    this.#changes.set(set)
    if (!set.stale) this.#snapshot?.save(set.instances)
    this.#report(set)
    await this.#listeners.tell(set, { clock: this.clock, limitMs: this.#options.listenerMs ?? 1000 })
  }

  /** Sees to it that what the registry does not list is kept no longer than `retainMs` while the registry can be reached. */
  #retain(): void {
    const wanted = this.#known.retained > 0 && !this.#known.stale
    if (!wanted) {
      this.#retaining?.cancel()
      this.#retaining = undefined
    }
    if (wanted) this.#retaining ??= this.clock.schedule(this.#options.retainMs ?? 30_000, () => this.#release())
  }

  #release(): void {
    this.#retaining = undefined
    void this.#update(this.#known.release())
  }

  #report({ serviceName, revision, instances, stale, settled }: InstanceSet): void {
    const message = `"${serviceName}" has ${instances.length} instances at revision ${revision}${stale ? ' (stale)' : ''}`
    const facts = { serviceName, revision, instances: instances.length, stale, settled }
    publish('discovery', { level: 'debug', event: 'resolver.changed', message, ...facts })
  }

  async #firstSet(signal: AbortSignal | undefined): Promise<void> {
    using limit = timeLimit(this.clock, FIRST_SET_MS, { signal })
    try {
      await abortable(this.#answered.promise, limit.signal)
    } catch (cause) {
      signal?.throwIfAborted()
      throw new RegistryUnavailableError(`that should know "${this.serviceName}"`, { cause: this.#failure ?? cause })
    }
  }

  /** Waits until an Instance takes work, or `waitMs` have passed. */
  async #takingWork({ waitMs = Number.POSITIVE_INFINITY, signal }: ReadyOptions): Promise<void> {
    using limit = timeLimit(this.clock, waitMs, { signal })
    try {
      for await (const { instances } of this.#changes.read(limit)) if (instances.some(takesWork)) return
    } catch (error) {
      signal?.throwIfAborted()
      if (!limit.signal.aborted) throw error
    }
  }
}

function takesWork({ status }: Instance): boolean {
  return status !== 'draining'
}
