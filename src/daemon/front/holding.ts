import { firstAborted, sleep, timeLimit } from '../../core/abort.ts'
import { backoffDelayMs } from '../../core/backoff.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { Random } from '../../core/random.ts'
import {
  InstanceConflictError,
  LeaseLostError,
  RegistryClosedError,
  RegistryUnavailableError,
} from '../../discovery/errors.ts'
import { changesBetween } from '../../discovery/instance-changes.ts'
import type { DrainOptions, DrainReport, Lease } from '../../discovery/lease.ts'
import type { Registry } from '../../discovery/registry.ts'
import type { Claim } from '../../discovery/store/owner.ts'
import type { BackendHealth } from './backend-health.ts'
import { heldTtlMs } from './held-ttl.ts'
import { holderName } from './holder-name.ts'
import { toldError } from './told-error.ts'

/** The longest wait for one answer of the backend. */
const CALL_MS = 10_000

/** The waits before it is looked whether another process holds it by now. */
const HAND_OVER = { delayMsMin: 100, delayMsMax: 1_000 }

/** How long a conflict may be with what another front is just letting go of, as it has told its holder already, and the waits before that is tried again, in milliseconds. */
const CONFLICT_MS = 2_000
const CONFLICT = { delayMsMin: 50, delayMsMax: 400 }

/** What a Holding works with. */
export interface HoldingInit {
  readonly registry: Pick<Registry, 'register'>
  /** The registry as people write it, without secrets. */
  readonly url: string
  readonly health: BackendHealth
  readonly clock: Clock
  readonly random: Random
  /** The backend does not have what `claim` says, and why: undoes what was written here. */
  readonly onFailure: (claim: Claim, failure: Failure) => void
  /** Nothing is left to do, and nothing held. */
  readonly onIdle: () => void
}

/** Why the backend does not have a claim as it should. `former` is the lease as it is there, if there is one. */
export interface Failure {
  readonly error: Error
  readonly former: Lease | undefined
}

/** Is told that the backend has what was written, or why not. */
export type KeptCallback = (error?: Error) => void

/**
 * One instance that somebody here holds, kept in the backend as the claim on it says: one loop does one thing at a time, registers,
 * changes, revokes what has gone, and renews at a third of the TTL (at 0.8 to 1 times that). A failure is told to who wrote; what is vouched for, for which nobody
 * waits, is tried again.
 */
export class Holding {
  readonly #init: HoldingInit
  /** Who holds it now; undefined if nobody. */
  #claim: Claim | undefined
  #lease: Lease | undefined
  /** Whether it drains in the backend, from which there is no way back but to register it anew. */
  #drains = false
  #running: Promise<void> | undefined
  #isDirty = false
  #waiting: KeptCallback[] = []
  #renewal: Timer | undefined
  #failures = 0
  /** What was lost while something else was under way, of which nobody has been told yet. */
  #lostMeanwhile: LeaseLostError | undefined
  #closed = false

  constructor(init: HoldingInit) {
    this.#init = init
  }

  /** `claim` is new, or has changed. */
  written(claim: Claim): void {
    this.#claim = claim
    this.#settle()
  }

  /** Nothing happens when it is another's by now. */
  removed(claim: Claim): void {
    if (this.#claim !== claim) return
    this.#claim = undefined
    this.#settle()
  }

  /** Calls back when the backend has what was written so far, or with the reason why it has not. */
  whenKept(callback: KeptCallback): void {
    if (this.#running) this.#waiting.push(callback)
    else callback()
  }

  /** Marks it draining in the backend, and waits as that does. */
  async drain(options: DrainOptions): Promise<DrainReport> {
    await this.#running
    const { serviceName = '', id = '' } = this.#claim?.instance ?? {}
    if (!this.#lease) throw new LeaseLostError(serviceName, id)
    this.#drains = true
    return this.#lease.drain(options)
  }

  /** Waits until another process holds on behalf of the same session what is held here, or `signal` aborts. Of what no session holds nobody takes it over. */
  async handOver(signal: AbortSignal): Promise<void> {
    let delayMs = HAND_OVER.delayMsMin
    while (this.#claim?.owner.kind === 'session' && this.#lease && !signal.aborted) {
      using either = firstAborted([signal, this.#lease.lost])
      await this.#renew(this.#lease)
      await sleep(this.#init.clock, delayMs, either).catch(ignore)
      delayMs = Math.min(HAND_OVER.delayMsMax, 2 * delayMs)
    }
  }

  /** Renews nothing any more. */
  close(): void {
    this.#closed = true
    this.#renewal?.cancel()
  }

  #settle(): void {
    this.#isDirty = true
    this.#running ??= this.#run()
  }

  /** Begins in the next turn of microtasks, so that all that is written in one go is one write. */
  async #run(): Promise<void> {
    await Promise.resolve()
    while ((this.#isDirty || this.#waiting.length > 0) && !this.#closed) {
      const waiting = this.#waiting
      this.#waiting = []
      const failed = this.#isDirty ? await this.#attempt() : undefined
      // What was written meanwhile was undone with the rest.
      if (failed?.isUndone) waiting.push(...this.#waiting.splice(0))
      for (const callback of waiting) callback(failed?.error)
    }
    this.#running = undefined
    for (const callback of this.#waiting.splice(0)) callback(new RegistryClosedError())
    this.#tellLost()
    if (!this.#claim && !this.#lease) this.#init.onIdle()
  }

  /** What went wrong, and whether what is claimed here was undone for it. */
  async #attempt(): Promise<{ error: Error; isUndone: boolean } | undefined> {
    const claim = this.#claim
    this.#isDirty = false
    this.#lostMeanwhile = undefined
    try {
      await this.#keep(claim)
      this.#failures = 0
      return undefined
    } catch (cause) {
      const error = toldError(this.#init.url, cause as Error)
      this.#lostMeanwhile = undefined
      return { error, isUndone: this.#failed(claim, error) }
    }
  }

  async #keep(claim: Claim | undefined): Promise<void> {
    const lease = this.#lease?.lost.aborted ? undefined : this.#lease
    using limit = timeLimit(this.#init.clock, CALL_MS)
    if (!claim) {
      this.#release()
      await lease?.revoke(limit)
      if (lease) this.#init.health.answered()
      return
    }
    const isDraining = claim.drainRevision > 0
    if (!lease || lease.ttlMs !== heldTtlMs(claim) || (this.#drains && !isDraining))
      return this.#took(await this.#register(claim, limit))
    const changes = changesBetween(lease.instance, claim.instance)
    if (!changes) return
    await lease.update(changes, limit)
    this.#init.health.answered()
  }

  /** Rejects with `InstanceConflictError` when somebody else goes on to hold it. */
  async #register(claim: Claim, { signal }: { signal: AbortSignal }): Promise<Lease> {
    const { registry, clock, random } = this.#init
    const options = { signal, ttlMs: heldTtlMs(claim), holder: holderName(claim.owner.id) }
    const until = clock.now() + CONFLICT_MS
    for (let attempt = 0; ; attempt++) {
      try {
        return await registry.register(claim.instance, options)
      } catch (error) {
        const mayPass = error instanceof InstanceConflictError && this.#claim === claim && clock.now() < until
        if (!mayPass) throw error
      }
      await sleep(clock, backoffDelayMs(attempt, random, CONFLICT), { signal })
    }
  }

  #took(lease: Lease): void {
    this.#drains = false
    this.#init.health.answered()
    if (this.#lease !== lease) lease.lost.addEventListener('abort', () => this.#lost(lease), { once: true })
    this.#lease = lease
    this.#renewLater(lease)
  }

  #release(): void {
    this.#renewal?.cancel()
    this.#lease = undefined
    this.#drains = false
  }

  #lost(lease: Lease): void {
    if (this.#lease !== lease) return
    this.#release()
    this.#lostMeanwhile = lease.lost.reason as LeaseLostError
    if (!this.#running) this.#tellLost()
  }

  /** Unless it was registered anew since, or what was under way found out itself. */
  #tellLost(): void {
    const error = this.#lostMeanwhile
    this.#lostMeanwhile = undefined
    if (error && this.#claim && !this.#lease && !this.#closed) this.#failed(this.#claim, error)
  }

  /** Whether what is claimed here was undone. */
  #failed(claim: Claim | undefined, error: Error): boolean {
    if (error instanceof RegistryUnavailableError) this.#init.health.failed(error)
    if (!claim || claim !== this.#claim) return false
    if (claim.owner.kind === 'vouched') this.#tryAgain(claim, error)
    else this.#init.onFailure(claim, { error, former: this.#lease })
    return claim.owner.kind !== 'vouched'
  }

  #tryAgain({ instance: { serviceName, id } }: Claim, error: Error): void {
    this.#renewal?.cancel()
    if (this.#failures === 0) {
      const message = `The registry behind does not have the instance "${id}" of "${serviceName}", which is tried again: ${error.message}`
      publish('daemon', { level: 'warn', event: 'backend.unkept', message, serviceName, id, error })
    }
    const delayMs = backoffDelayMs(this.#failures++, this.#init.random)
    this.#renewal = this.#init.clock.schedule(delayMs, () => this.#settle())
  }

  #renewLater(lease: Lease, delayMs = (lease.ttlMs / 3) * (0.8 + 0.2 * this.#init.random.next())): void {
    if (this.#closed) return
    this.#renewal?.cancel()
    this.#renewal = this.#init.clock.schedule(delayMs, () => void this.#renew(lease))
  }

  async #renew(lease: Lease): Promise<void> {
    const { clock, random, health } = this.#init
    using limit = timeLimit(clock, CALL_MS)
    try {
      await lease.renew(limit)
      this.#failures = 0
      health.answered()
      if (this.#lease === lease) this.#renewLater(lease)
    } catch (error) {
      if (this.#lease !== lease || lease.lost.aborted) return
      health.failed(error)
      this.#renewLater(lease, backoffDelayMs(this.#failures++, random, { delayMsMax: lease.ttlMs / 6 }))
    }
  }
}

function ignore(): void {}
