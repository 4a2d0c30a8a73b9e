import type { Abortable } from '../../core/abort.ts'
import type { Clock } from '../../core/clock.ts'
import { elapsedMs } from '../../core/elapsed.ts'
import { createInstance } from '../../discovery/create-instance.ts'
import { InstanceConflictError, LeaseLostError } from '../../discovery/errors.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { DrainOptions, DrainReport, InstanceChanges } from '../../discovery/lease.ts'
import type { InstanceKey } from '../../protocol/client-message.ts'
import { toWireInstance } from '../../protocol/wire-instance.ts'
import type { RequestOptions, SessionClient } from './client.ts'
import { RegistryRefusedError } from './errors.ts'
import { DaemonLease, type LeaseCalls } from './lease.ts'
import type { Answer, RequestBody } from './requests.ts'

/** A drain without a limit of its own waits at most this long. */
const DRAIN_MS = 5_000

/** How to ask the daemon. */
export interface LeasesOptions {
  readonly clock: Clock
  /** The longest wait for an answer, in milliseconds. */
  readonly requestMs: number
}

/** Everything this process's session holds. */
export class Leases implements LeaseCalls {
  readonly #client: SessionClient
  readonly #options: LeasesOptions
  readonly #leases = new Map<string, DaemonLease>()
  /** The renewal under way. */
  #renewal: Promise<void> | undefined

  constructor(client: SessionClient, options: LeasesOptions) {
    this.#client = client
    this.#options = options
  }

  /** What is held or asked for. */
  keys(): InstanceKey[] {
    return [...this.#leases.values()].map(lease => lease.key)
  }

  /** Registering again what is held writes it anew and gives the same Lease. Rejects with `InvalidInstanceError` without asking the daemon. */
  async register(init: Instance, { ttlMs, signal }: { ttlMs: number } & Abortable): Promise<DaemonLease> {
    const instance = createInstance(init)
    const { serviceName: service, id } = instance
    // Made once: it is long, and new to the Map each time.
    const key = name({ service, id })
    const lease = this.#obtain(key, instance, ttlMs)
    const body = {
      type: 'register',
      service,
      instance: toWireInstance(instance),
      ttlMs,
    } as const
    const onDone = () => {
      lease.write(instance, ttlMs)
      this.#keep(key, lease)
    }
    try {
      await this.#client.request(body, { limitMs: this.#options.requestMs, patient: true, onDone, signal })
      return lease
    } catch (cause) {
      const error = translate(cause, lease.key)
      if (!lease.established) this.#withdraw(lease, error)
      throw error
    }
  }

  /** One message renews everything; a thousand leases that ask at once share it. */
  renew(): Promise<void> {
    this.#renewal ??= this.#renew()
    return this.#renewal
  }

  async update(lease: DaemonLease, changes: InstanceChanges, { signal }: Abortable): Promise<void> {
    await this.#request(lease.key, { type: 'update', ...lease.key, changes }, { signal })
  }

  async drain(lease: DaemonLease, { drainMs = DRAIN_MS, signal }: DrainOptions): Promise<DrainReport> {
    const startedAt = this.#options.clock.now()
    const limitMs = drainMs + this.#options.requestMs
    const answer = await this.#request(lease.key, { type: 'drain', ...lease.key, drainMs }, { limitMs, signal })
    if (answer.type !== 'drained') throw new TypeError('a drain was answered without a report')
    return { ...answer.report, tookMs: elapsedMs(this.#options.clock, startedAt) }
  }

  async revoke(lease: DaemonLease, { signal }: Abortable): Promise<void> {
    this.#release(lease)
    await this.#request(lease.key, { type: 'revoke', ...lease.key }, { signal })
  }

  /**
   * A connection is open: what the daemon no longer holds is lost. What it still holds and this process does not is taken out: it was given up after
   * the hello was made, and perhaps for longer than the daemon could be told.
   */
  reconcile(held: readonly InstanceKey[]): void {
    const names = new Set(held.map(name))
    for (const [key, lease] of this.#leases) if (lease.established && !names.has(key)) this.lose(lease.key)
    for (const key of held) if (!this.#leases.has(name(key))) this.#drop(key)
  }

  /** The daemon has dropped an instance of this session. */
  lose(key: InstanceKey): void {
    const lease = this.#leases.get(name(key))
    if (!lease?.established) return
    this.#leases.delete(name(key))
    lease.lose()
  }

  async #renew(): Promise<void> {
    try {
      await this.#client.request({ type: 'renew' }, { limitMs: this.#options.requestMs })
    } finally {
      this.#renewal = undefined
    }
  }

  /** Rejects with the errors of `Lease` and `Registry` in place of the daemon's codes. */
  async #request(key: InstanceKey, body: RequestBody, options: Partial<RequestOptions>): Promise<Answer> {
    try {
      return await this.#client.request(body, { limitMs: this.#options.requestMs, ...options })
    } catch (error) {
      throw translate(error, key)
    }
  }

  #obtain(key: string, instance: Instance, ttlMs: number): DaemonLease {
    let lease = this.#leases.get(key)
    if (!lease) this.#leases.set(key, (lease = new DaemonLease(instance, ttlMs, this)))
    return lease
  }

  /**
   * A registration has come to nothing; unless the daemon has refused it, it may have it all the same, and shall drop it. With that goes what somebody
   * else here may be about to be given for the same.
   */
  #withdraw(lease: DaemonLease, error: unknown): void {
    this.#release(lease)
    const refused = error instanceof InstanceConflictError || error instanceof RegistryRefusedError
    if (refused) return
    lease.lose()
    this.#drop(lease.key)
  }

  #drop(key: InstanceKey): void {
    this.#request(key, { type: 'revoke', ...key }, {}).catch(ignore)
  }

  /** Another registration of the same that was refused has let it go. */
  #keep(key: string, lease: DaemonLease): void {
    if (!lease.isLost && !this.#leases.has(key)) this.#leases.set(key, lease)
  }

  #release(lease: DaemonLease): void {
    if (this.#leases.get(name(lease.key)) === lease) this.#leases.delete(name(lease.key))
  }
}

function name({ service, id }: InstanceKey): string {
  return `${service}/${id}`
}

function translate(error: unknown, { service, id }: InstanceKey): unknown {
  if (!(error instanceof RegistryRefusedError)) return error
  switch (error.daemonCode) {
    case 'ERR_INSTANCE_CONFLICT':
      return new InstanceConflictError(service, id, { cause: error })
    case 'ERR_LEASE_LOST':
      return new LeaseLostError(service, id, { cause: error })
    default:
      return error
  }
}

function ignore(): void {}
