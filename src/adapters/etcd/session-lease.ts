import { abortable, sleep, timeLimit } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import type { EngineCall } from '../../discovery/engine/engine.ts'
import { EtcdLeaseNotFoundError } from './errors.ts'
import type { KnownLeases } from './known-leases.ts'

/** The notes of a process that has died are gone after this long. */
const TTL_MS = 15_000

/** After a renewal that failed it is tried again so much later, until the lease has lapsed. */
const RETRY_MS = 500

/** What grants leases and renews them: an EtcdClient. */
export interface LeaseKeeper {
  grant(ttlSeconds: number, options: EngineCall): Promise<string>
  keepAlive(lease: string, options: EngineCall): Promise<void>
}

/** What a SessionLease is made of. */
export interface SessionLeaseOptions {
  readonly client: LeaseKeeper
  readonly leases: KnownLeases
  readonly clock: Clock
}

/** A lease of etcd's as it is held: `lost` aborts when what stands on it may be gone. */
interface Held {
  readonly lease: string
  readonly lost: AbortController
}

/** A lease that lives as long as this process, for its notes: granted with the first use, renewed until it is closed, granted anew when it was lost. */
export class SessionLease {
  readonly #options: SessionLeaseOptions
  readonly #closed = new AbortController()
  #granting: Promise<Held> | undefined
  #held: Held | undefined

  constructor(options: SessionLeaseOptions) {
    this.#options = options
  }

  /** Aborts when what stands on the lease may have lapsed; undefined while there is no lease. Of the next lease it is another signal. */
  get lost(): AbortSignal | undefined {
    return this.#held?.lost.signal
  }

  /** The id of the lease. */
  async id({ signal }: EngineCall): Promise<string> {
    if (this.#held) return this.#held.lease
    this.#granting ??= this.#grant().finally(() => (this.#granting = undefined))
    const { lease } = await abortable(this.#granting, signal)
    return lease
  }

  /** etcd does not know `lease` any more. */
  drop(lease: string, reason: Error): void {
    if (this.#held?.lease !== lease) return
    const { lost } = this.#held
    this.#held = undefined
    lost.abort(reason)
  }

  /** Ends the renewals; the lease is revoked by whoever closes the client. */
  close(): void {
    const reason = new Error('The session was closed')
    this.#closed.abort(reason)
    if (this.#held) this.drop(this.#held.lease, reason)
  }

  async #grant(): Promise<Held> {
    const { client, leases, clock } = this.#options
    const grantedAt = clock.now()
    using limit = timeLimit(clock, TTL_MS, this.#closed)
    const held = { lease: await client.grant(TTL_MS / 1_000, limit), lost: new AbortController() }
    leases.add(held.lease)
    if (this.#closed.signal.aborted) throw this.#closed.signal.reason
    this.#held = held
    void this.#keep(held, grantedAt + TTL_MS)
    return held
  }

  /** Renews until that does not succeed in time any more. */
  async #keep({ lease, lost }: Held, deadline: number): Promise<void> {
    const { clock } = this.#options
    try {
      for (let until = deadline; ;) {
        await sleep(clock, TTL_MS / 3, lost)
        const begunAt = clock.now()
        using limit = timeLimit(clock, until - begunAt, lost)
        await this.#renew(lease, limit.signal)
        until = begunAt + TTL_MS
      }
    } catch (error) {
      this.drop(lease, error as Error)
    }
  }

  /** Tries again until it has succeeded, or `signal` aborts. */
  async #renew(lease: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.#options.client.keepAlive(lease, { signal })
      } catch (error) {
        if (signal.aborted || error instanceof EtcdLeaseNotFoundError) throw error
        await sleep(this.#options.clock, RETRY_MS, { signal })
      }
    }
  }
}
