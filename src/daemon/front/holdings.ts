import { abortable, firstAborted, timeLimit } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { DrainOptions, DrainReport, Lease } from '../../discovery/lease.ts'
import type { LeaseJournal } from '../../discovery/store/claims.ts'
import type { Leases } from '../../discovery/store/leases.ts'
import type { Claim } from '../../discovery/store/owner.ts'
import type { Durability } from '../durability.ts'
import type { Backend } from './backend.ts'
import type { BackendHealth } from './backend-health.ts'
import { heldTtlMs } from './held-ttl.ts'
import { type Failure, Holding, type KeptCallback } from './holding.ts'

/** What Holdings work with. */
export interface HoldingsInit {
  readonly backend: Backend
  readonly health: BackendHealth
  readonly clock: Clock
  readonly random: Random
  /** Resolves when what was written in the backend is told here too; undefined where nobody is told of that service. */
  readonly shown: (serviceName: string) => Promise<void> | undefined
}

/**
 * The journal of a front: what is registered here is kept when the backend has it, by a lease of this process, for as long as who registered it shows
 * signs of life here. What the backend refuses is undone, and told to who asked for it.
 */
export class Holdings implements LeaseJournal, Durability {
  readonly #init: HoldingsInit
  readonly #holdings = new Map<string, Holding>()
  #leases: Leases | undefined

  constructor(init: HoldingsInit) {
    this.#init = init
  }

  /** Whose claims these are. Call it once, before anything is registered. */
  attach(leases: Leases): void {
    this.#leases = leases
  }

  written(claim: Claim): void {
    this.#obtain(claim).written(claim)
  }

  removed(claim: Claim): void {
    this.#obtain(claim).removed(claim)
  }

  whenKept(callback: KeptCallback, claims: readonly Claim[]): void {
    const holdings = claims.flatMap(claim => this.#holdings.get(keyOf(claim)) ?? [])
    let left = holdings.length
    let failure: Error | undefined
    if (left === 0) return callback()
    for (const holding of holdings) {
      holding.whenKept(error => {
        failure ??= error
        if (--left === 0) this.#answer(callback, { failure, claims })
      })
    }
  }

  /** Who has written here finds it here when it is answered, as at a daemon with data of its own. */
  #answer(
    callback: KeptCallback,
    { failure, claims }: { failure?: Error | undefined; claims: readonly Claim[] },
  ): void {
    if (failure) return callback(failure)
    const names = new Set(claims.map(({ instance }) => instance.serviceName))
    const waiting = Array.from(names, name => this.#init.shown(name)).filter(shown => shown !== undefined)
    if (waiting.length === 0) return callback()
    void this.#whenShown(waiting, callback)
  }

  async #whenShown(waiting: readonly Promise<void>[], callback: KeptCallback): Promise<void> {
    await Promise.all(waiting)
    callback()
  }

  /** Marks the instance draining in the backend, and waits as that does. */
  async drain(claim: Claim, options: DrainOptions): Promise<DrainReport> {
    return this.#obtain(claim).drain(options)
  }

  /** Waits until other fronts hold what sessions hold here, for as long as within each `graceMs` one more goes over, or until `signal` aborts. */
  async handOver({ graceMs, signal }: { graceMs: number; signal: AbortSignal }): Promise<void> {
    const { clock } = this.#init
    using either = firstAborted([signal])
    const left = new Set(this.#holdings.values())
    const hands = Array.from(left, async holding => {
      await holding.handOver(either.signal)
      left.delete(holding)
    })
    const all = Promise.all(hands)
    for (let before = Infinity; left.size > 0 && left.size < before && !signal.aborted;) {
      before = left.size
      using limit = timeLimit(clock, graceMs, either)
      await abortable(all, limit.signal).catch(ignore)
    }
    either.abort()
    await all
  }

  /** Renews nothing any more. */
  close(): void {
    for (const holding of this.#holdings.values()) holding.close()
  }

  #obtain(claim: Claim): Holding {
    const key = keyOf(claim)
    let holding = this.#holdings.get(key)
    if (!holding) {
      const { backend, shown: _, ...rest } = this.#init
      const made: Holding = new Holding({
        ...rest,
        ...backend,
        onFailure: (failed, failure) => this.#undo(failed, failure),
        onIdle: () => this.#holdings.get(key) === made && this.#holdings.delete(key),
      })
      this.#holdings.set(key, (holding = made))
    }
    return holding
  }

  /** What is there in another form goes on in that; what is not there is gone. */
  #undo(claim: Claim, { former }: Failure): void {
    if (claim.gone) return
    if (former && !former.lost.aborted) this.#leases?.revert(claim, asClaimed(former, claim))
    else this.#leases?.evict(claim, former ? 'lapsed' : 'unstored')
  }
}

/** What is kept there of a claim, with the TTL that it has here. */
function asClaimed(
  { instance, ttlMs }: Pick<Lease, 'instance' | 'ttlMs'>,
  claim: Claim,
): Pick<Claim, 'instance' | 'ttlMs'> {
  return { instance, ttlMs: heldTtlMs(claim) === ttlMs ? claim.ttlMs : ttlMs }
}

function keyOf({ instance: { serviceName, id } }: Claim): string {
  return `${serviceName}/${id}`
}

function ignore(): void {}
