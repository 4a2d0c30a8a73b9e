import { abortable, timeLimit, type Abortable } from '../core/abort.ts'
import { backoffDelayMs } from '../core/backoff.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import { LeaseLostError } from './errors.ts'
import type { Instance } from './instance.ts'
import { changesBetween } from './instance-changes.ts'
import type { InstanceChanges, Lease } from './lease.ts'
import type { Registry } from './registry.ts'

/** How often what should be registered is compared with what is, when nothing else happens, unless said otherwise. */
const COMPARE_MS = 200

/** How long one call of the registry may take. */
const CALL_MS = 10_000

/** What an Upkeep is told. */
export interface UpkeepOptions {
  registry: Pick<Registry, 'register'>
  ttlMs: number
  clock: Clock
  random: Random
  /** How often to compare when nothing else happens, in milliseconds. Default 200: what is desired may change without a nudge. */
  compareMs?: number
  /** What should be registered at this moment; undefined: nothing. */
  desired: () => Instance | undefined
  /** Hears what happened. */
  onEvent: (event: UpkeepEvent) => void
}

/** What happens to a claim that is kept up. */
export type UpkeepEvent =
  | { readonly type: 'registered' | 'updated' | 'withdrawn' | 'renewed'; readonly instance: Instance }
  | { readonly type: 'lost' | 'failed'; readonly error: unknown }

/**
 * Keeps what is registered as it should be: registers, changes in place, withdraws, registers again what was lost, and renews at a third
 * of the TTL (at 0.8 to 1 times that, so that claims made together drift apart). One loop does one thing at a time, so that no two calls
 * for one claim ever race. After a failure or a loss it waits with full jitter, the longer the more came in a row.
 */
export class Upkeep {
  readonly #options: UpkeepOptions
  readonly #stopping = new AbortController()
  readonly #calling = new AbortController()
  #done: Promise<void> = Promise.resolve()
  #nudged = Promise.withResolvers<void>()
  #lease: Lease | undefined
  /** Nothing is tried before this moment. */
  #notBefore = 0
  #renewAt = 0
  /** Calls that failed since one succeeded. */
  #failures = 0
  /** Claims that were lost since one was renewed. */
  #losses = 0

  constructor(options: UpkeepOptions) {
    this.#options = options
  }

  /** The claim, while it is held. */
  get lease(): Lease | undefined {
    return this.#lease?.lost.aborted ? undefined : this.#lease
  }

  /** Begins; to be called once. */
  start(): void {
    this.#done = this.#run()
  }

  /** Has it compare at once: what should be registered has changed. */
  nudge(): void {
    this.#nudged.resolve()
  }

  /** Has it try at once what failed before: what was in its way may be gone. */
  retry(): void {
    this.#notBefore = 0
    this.nudge()
  }

  /**
   * Ends it once the call under way is answered, and hands the claim over. Rejects with the signal's reason when that aborts first; then
   * the call is given up, and a claim that it brings nevertheless is revoked.
   */
  async stop({ signal }: Abortable = {}): Promise<Lease | undefined> {
    this.#stopping.abort()
    this.nudge()
    try {
      await abortable(this.#done, signal)
    } catch (error) {
      this.#calling.abort(error)
      this.#done.then(() => this.lease?.revoke()).catch(() => {})
      throw error
    }
    return this.lease
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#nudged = Promise.withResolvers()
      if (this.#options.clock.now() >= this.#notBefore) await this.#compare()
      await this.#wait()
    }
  }

  async #wait(): Promise<void> {
    if (this.#stopping.signal.aborted) return
    const { clock, compareMs = COMPARE_MS } = this.#options
    const now = clock.now()
    const moments = [this.#notBefore, this.#renewAt, now + compareMs].filter(moment => moment > now)
    const timer = clock.schedule(Math.min(...moments) - now, this.#nudged.resolve)
    await this.#nudged.promise
    timer.cancel()
  }

  async #compare(): Promise<void> {
    try {
      await this.#step()
    } catch (error) {
      const lost = error instanceof LeaseLostError || (this.#lease?.lost.aborted ?? false)
      if (lost) this.#lease = undefined
      this.#setBack({ lost, error })
    }
  }

  /** Does the one thing that is to be done next, if any. */
  async #step(): Promise<void> {
    this.#lease?.lost.throwIfAborted()
    const desired = this.#options.desired()
    const lease = this.#lease
    if (!lease) return desired && this.#register(desired)
    if (!desired) return this.#withdraw(lease)
    const changes = changesBetween(lease.instance, desired)
    if (changes) return this.#update(lease, changes)
    if (this.#options.clock.now() >= this.#renewAt) await this.#renew(lease)
  }

  async #register(instance: Instance): Promise<void> {
    const { registry, ttlMs } = this.#options
    const lease = await this.#call(limit => registry.register(instance, { ...limit, ttlMs }))
    this.#lease = lease
    lease.lost.addEventListener('abort', () => this.#noteLoss(), { once: true })
    this.#planRenewal(lease)
    this.#options.onEvent({ type: 'registered', instance })
  }

  /** The registry can be reached, since it says so: what failed before is no reason to wait any longer. */
  #noteLoss(): void {
    this.#failures = 0
    this.#notBefore = 0
    this.nudge()
  }

  async #update(lease: Lease, changes: InstanceChanges): Promise<void> {
    await this.#call(limit => lease.update(changes, limit))
    this.#options.onEvent({ type: 'updated', instance: lease.instance })
  }

  async #renew(lease: Lease): Promise<void> {
    await this.#call(limit => lease.renew(limit))
    this.#losses = 0
    this.#planRenewal(lease)
    this.#options.onEvent({ type: 'renewed', instance: lease.instance })
  }

  async #withdraw(lease: Lease): Promise<void> {
    await this.#call(limit => lease.revoke(limit))
    this.#lease = undefined
    this.#options.onEvent({ type: 'withdrawn', instance: lease.instance })
  }

  async #call<T>(action: (limit: { signal: AbortSignal }) => Promise<T>): Promise<T> {
    using limit = timeLimit(this.#options.clock, CALL_MS, { signal: this.#calling.signal })
    const result = await action({ signal: limit.signal })
    this.#failures = 0
    return result
  }

  #planRenewal({ ttlMs }: Lease): void {
    const { clock, random } = this.#options
    this.#renewAt = clock.now() + (ttlMs / 3) * (0.8 + 0.2 * random.next())
  }

  #setBack({ lost, error }: { lost: boolean; error: unknown }): void {
    const { clock, random, onEvent } = this.#options
    this.#notBefore = clock.now() + backoffDelayMs(this.#failures + this.#losses, random)
    if (lost) this.#losses++
    else this.#failures++
    onEvent({ type: lost ? 'lost' : 'failed', error })
  }
}
