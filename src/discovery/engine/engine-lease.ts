import { abortable, type Abortable } from '../../core/abort.ts'
import type { Timer } from '../../core/clock.ts'
import { createInstance } from '../create-instance.ts'
import { LeaseLostError } from '../errors.ts'
import type { Instance } from '../instance.ts'
import type { DrainOptions, DrainReport, InstanceChanges, Lease } from '../lease.ts'
import { changed } from '../store/changed.ts'
import type { CallLimits, Calls } from './calls.ts'
import { DrainWait } from './drain-wait.ts'
import type { EngineCall, EngineClaim, EngineNotes, InstanceKey } from './engine.ts'
import type { FollowerContext } from './follower.ts'
import type { Turns } from './turns.ts'

/** A drain without a limit of its own waits at most this long. */
const DRAIN_MS = 5_000

/** How long taking back what has lapsed or was given up may take; then it is left to lapse at the engine. */
const WITHDRAW_MS = 1_000

/** What an EngineLease needs. */
export interface EngineLeaseOptions {
  readonly claim: EngineClaim
  readonly calls: Calls
  /** The turns of everything that is done to this Instance, by this lease and those before and after it. */
  readonly turns: Turns
  readonly context: FollowerContext
  readonly notes: EngineNotes | undefined
  readonly quietMs: number
  /** Called when the engine has what was written, or is known not to have it any more; for the revision see `EngineClaim.take`. */
  readonly onWritten: (key: InstanceKey, revision: number) => void
  /** Called when it is held no longer. */
  readonly onGone: (lease: EngineLease) => void
}

/**
 * The claim of this process on an Instance in an engine. What is asked of it happens in turns, so that nothing overtakes a revocation. It
 * keeps its own time: when the TTL has passed since the last renewal that succeeded was *begun*, the claim is lost, and taken back from the
 * engine if it can be reached, whatever the engine's clock says. So two processes never change one Instance at the same time.
 */
export class EngineLease implements Lease {
  readonly #options: EngineLeaseOptions
  readonly #lost = new AbortController()
  /** Aborts when it is lost, before the engine is told, with the error for all that is under way. */
  readonly #losing = new AbortController()
  #instance: Instance
  #ttlMs: number
  #revoked = false
  /** Whether the engine has it no more, by this lease's own doing. */
  #withdrawn = false
  /** The claim has lapsed at this moment. */
  #deadline = Infinity
  #timer: Timer | undefined
  #closed = false
  /** The revision since which it drains. */
  #drainRevision = 0

  constructor(instance: Instance, ttlMs: number, options: EngineLeaseOptions) {
    this.#instance = instance
    this.#ttlMs = ttlMs
    this.#options = options
    options.claim.lost.addEventListener('abort', () => this.#endedByEngine(), { once: true })
  }

  get instance(): Instance {
    return this.#instance
  }

  get ttlMs(): number {
    return this.#ttlMs
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Whether it is neither revoked nor lost, or about to be. */
  get held(): boolean {
    return !this.#revoked && !this.#losing.signal.aborted
  }

  async renew({ signal }: Abortable = {}): Promise<void> {
    await this.#inTurn(async () => {
      this.#requireHeld()
      const begunAt = this.#options.context.clock.now()
      await this.#call(options => this.#options.claim.renew(options), { signals: [signal] })
      this.#extend(begunAt)
    }, signal)
  }

  async update(changes: InstanceChanges, { signal }: Abortable = {}): Promise<void> {
    this.#requireHeld()
    changed(this.#instance, changes)
    await this.#inTurn(() => this.#write(changed(this.#instance, changes), signal), signal)
  }

  async drain({ drainMs = DRAIN_MS, signal }: DrainOptions = {}): Promise<DrainReport> {
    const { context, notes, quietMs } = this.#options
    const startedAt = context.clock.now()
    await this.#inTurn(async () => {
      this.#requireHeld()
      if (this.#instance.status === 'draining') return
      this.#drainRevision = await this.#write(createInstance({ ...this.#instance, status: 'draining' }), signal)
    }, signal)
    const { serviceName } = this.#instance
    const revision = this.#drainRevision
    const wait = new DrainWait({ serviceName, revision, drainMs, startedAt, quietMs, notes, context })
    return this.#options.calls.make(options => wait.run(options), { signals: [signal], limitMs: drainMs + WITHDRAW_MS })
  }

  async revoke({ signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
    if (this.lost.aborted) return
    this.#revoked = true
    this.#end()
    await this.#inTurn(async () => {
      if (this.#withdrawn) return
      this.#wrote(await this.#options.calls.make(options => this.#options.claim.revoke(options), { signals: [signal] }))
      this.#withdrawn = true
    }, signal)
  }

  /** Writes it to the engine, whether or not it is there; in a turn of its own. */
  async take(
    instance: Instance,
    { ttlMs, holder, signal }: Abortable & { ttlMs: number; holder?: string | undefined },
  ): Promise<void> {
    const begunAt = this.#options.context.clock.now()
    const take = (options: EngineCall) => this.#options.claim.take(instance, { ...options, ttlMs, holder })
    this.#wrote(await this.#call(take, { signals: [signal] }))
    this.#instance = instance
    this.#ttlMs = ttlMs
    this.#extend(begunAt)
  }

  /** Has the engine drop what it may have of a `take` that came to nothing; in the same turn. Resolves as a revocation does, with 0 when it failed. */
  async withdraw(): Promise<number> {
    const { calls, claim } = this.#options
    return calls.make(options => claim.revoke(options), { limitMs: WITHDRAW_MS }).catch(() => 0)
  }

  /** Asks the engine whether it still has it, as something makes doubtful. */
  verify(): void {
    this.renew().catch(ignore)
  }

  /** Lets time change nothing any more, as when the Registry is closed. */
  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** The engine does not have it for this process. */
  lose(): void {
    if (!this.held) return
    this.#losing.abort(this.#lostError())
    this.#end()
    this.#lost.abort(this.#losing.signal.reason)
  }

  async #write(instance: Instance, signal: AbortSignal | undefined): Promise<number> {
    this.#requireHeld()
    const revision = await this.#call(options => this.#options.claim.write(instance, options), { signals: [signal] })
    this.#instance = instance
    this.#wrote(revision)
    return revision
  }

  #wrote(revision: number): void {
    this.#options.onWritten(this.#instance, revision)
  }

  /** Waits for its turn; if `signal` aborts before that, nothing is done. */
  async #inTurn<T>(action: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const { serviceName, id } = this.#instance
    const turn = this.#options.turns.take(`${serviceName}/${id}`, async () => {
      signal?.throwIfAborted()
      return action()
    })
    return abortable(turn, signal)
  }

  /** What the engine says is lost is lost. */
  async #call<T>(call: (options: EngineCall) => Promise<T>, { signals = [] }: CallLimits): Promise<T> {
    try {
      return await this.#options.calls.make(call, { signals: [...signals, this.#losing.signal] })
    } catch (error) {
      if (error instanceof LeaseLostError) this.#endedByEngine()
      throw error
    }
  }

  #extend(begunAt: number): void {
    if (this.#closed) return
    const isSooner = begunAt + this.#ttlMs < this.#deadline
    this.#deadline = begunAt + this.#ttlMs
    if (isSooner || !this.#timer) this.#watchDeadline()
  }

  /** A timer that finds the deadline moved on waits again: cheaper than a new one for each renewal. Nor does one that comes early matter. */
  #watchDeadline(): void {
    this.#timer?.cancel()
    this.#timer = this.#options.context.clock.schedule(this.#remainingMs, () => this.#lapseIfDue())
  }

  get #remainingMs(): number {
    return this.#deadline - this.#options.context.clock.now()
  }

  #lapseIfDue(): void {
    if (!this.held) return
    if (this.#remainingMs > 0) return this.#watchDeadline()
    this.#losing.abort(this.#lostError())
    void this.#lapse()
  }

  /** First the engine is told, so that whoever learns of the loss finds the id free. */
  async #lapse(): Promise<void> {
    this.#wrote(await this.#inTurn(() => this.withdraw(), undefined))
    this.#end()
    this.#lost.abort(this.#losing.signal.reason)
  }

  /** When it was gone there, nobody knows. */
  #endedByEngine(): void {
    if (this.held) this.#wrote(Infinity)
    this.lose()
  }

  #end(): void {
    this.close()
    this.#options.onGone(this)
  }

  #requireHeld(): void {
    this.#losing.signal.throwIfAborted()
    if (this.#revoked) throw this.#lostError()
  }

  #lostError(): LeaseLostError {
    return new LeaseLostError(this.#instance.serviceName, this.#instance.id)
  }
}

function ignore(): void {}
