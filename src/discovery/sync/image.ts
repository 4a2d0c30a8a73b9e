import type { Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { Instance } from '../instance.ts'
import type { Registry } from '../registry.ts'
import { reportUpkeep } from '../upkeep-report.ts'
import { Upkeep, type UpkeepEvent } from '../upkeep.ts'

/** How often an image is compared with what it should be when nothing happens, in milliseconds: whatever happens nudges it. */
const COMPARE_MS = 1_000

/** What an Image needs. */
export interface ImageOptions {
  readonly to: Pick<Registry, 'register'>
  readonly ttlMs: number
  /** The longest wait for the consumers of the image to let go of it, in milliseconds. */
  readonly drainMs: number
  readonly clock: Clock
  readonly random: Random
}

/** An Instance of one registry, kept in another as it is in the first. */
export class Image {
  readonly #options: ImageOptions
  readonly #key: Pick<Instance, 'serviceName' | 'id'>
  #upkeep: Upkeep
  /** What it should be; undefined: absent. */
  #wanted: Instance | undefined
  #drained: Promise<void> | undefined
  #failing = false
  /** What is to be over before anything else is done. */
  #before: Promise<unknown>

  /** Nothing is registered before `after` has settled. */
  constructor(key: Pick<Instance, 'serviceName' | 'id'>, options: ImageOptions, after: Promise<unknown>) {
    this.#key = key
    this.#options = options
    this.#upkeep = this.#newUpkeep()
    this.#before = after.then(() => this.#upkeep.start())
  }

  /** Has it be `instance`, which drains or does not; absent with undefined. */
  want(instance: Instance | undefined, { draining }: { draining: boolean }): void {
    const isBack = this.#drained !== undefined && !draining
    if (instance === this.#wanted && !isBack) return void (draining && this.drain())
    this.#wanted = instance
    if (isBack) this.#revive()
    if (draining) void this.drain()
    this.#upkeep.nudge()
  }

  /** What stood in its way may be gone: it is tried again at once. */
  retry(): void {
    if (this.#wanted && !this.#upkeep.lease) this.#upkeep.retry()
  }

  /** Drains it, once; resolves when its consumers have let go of it, or the limit has passed. Never rejects. */
  async drain(): Promise<void> {
    this.#drained ??= this.#drain()
    await this.#drained
  }

  /** Takes it out, and ends. Never rejects; what cannot be taken out before the signal aborts lapses. */
  async close({ signal }: Abortable): Promise<void> {
    try {
      await this.#before
      const lease = await this.#upkeep.stop({ signal })
      await lease?.revoke({ signal })
    } catch (error) {
      this.#report({ type: 'failed', error })
    }
  }

  async #drain(): Promise<void> {
    try {
      await this.#upkeep.lease?.drain({ drainMs: this.#options.drainMs })
    } catch (error) {
      this.#report({ type: 'failed', error })
    }
  }

  /** Registering again is the only way back from draining. */
  #revive(): void {
    const old = this.#upkeep
    this.#drained = undefined
    this.#upkeep = this.#newUpkeep()
    this.#before = this.#before.then(() => old.stop()).then(() => this.#upkeep.start())
  }

  #newUpkeep(): Upkeep {
    const { to, ttlMs, clock, random } = this.#options
    return new Upkeep({
      registry: to,
      ttlMs,
      clock,
      random,
      compareMs: COMPARE_MS,
      desired: () => this.#desired(),
      onEvent: event => this.#report(event),
    })
  }

  /** What drains is kept while it is there, but not registered again. */
  #desired(): Instance | undefined {
    return this.#drained && !this.#upkeep.lease ? undefined : this.#wanted
  }

  #report(event: UpkeepEvent): void {
    reportUpkeep(event, { ...this.#key, failing: this.#failing })
    if (event.type === 'registered' && this.#drained) this.#drained = this.#drain()
    this.#failing = event.type === 'failed' || event.type === 'lost'
  }
}
