import { abortable, type Abortable } from '../../core/abort.ts'
import { createInstance } from '../../discovery/create-instance.ts'
import { LeaseLostError } from '../../discovery/errors.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { DrainOptions, DrainReport, InstanceChanges, Lease } from '../../discovery/lease.ts'
import { changed } from '../../discovery/store/changed.ts'
import type { InstanceKey } from '../../protocol/client-message.ts'

/** What a DaemonLease asks of the daemon. Each rejects with the errors of `Lease`. */
export interface LeaseCalls {
  /** Renews everything this process holds; those who ask while it is under way share it. */
  renew(): Promise<void>
  update(lease: DaemonLease, changes: InstanceChanges, options: Abortable): Promise<void>
  drain(lease: DaemonLease, options: DrainOptions): Promise<DrainReport>
  revoke(lease: DaemonLease, options: Abortable): Promise<void>
}

/** The claim on one Instance at the registry daemon, held by this process's session. */
export class DaemonLease implements Lease {
  readonly #calls: LeaseCalls
  /** Made when somebody asks for it, for it is larger than all the rest of a lease. */
  #lost: AbortController | undefined
  /** Why it is lost, once it is. */
  #loss: LeaseLostError | undefined
  #instance: Instance
  #ttlMs: number
  #established = false
  #revoked = false

  constructor(instance: Instance, ttlMs: number, calls: LeaseCalls) {
    this.#instance = instance
    this.#ttlMs = ttlMs
    this.#calls = calls
  }

  get instance(): Instance {
    return this.#instance
  }

  get ttlMs(): number {
    return this.#ttlMs
  }

  /** Whether the daemon has ever confirmed it. */
  get established(): boolean {
    return this.#established
  }

  get lost(): AbortSignal {
    if (!this.#lost) {
      this.#lost = new AbortController()
      if (this.#loss) this.#lost.abort(this.#loss)
    }
    return this.#lost.signal
  }

  get isLost(): boolean {
    return this.#loss !== undefined
  }

  /** What the daemon knows it by. */
  get key(): InstanceKey {
    return { service: this.#instance.serviceName, id: this.#instance.id }
  }

  async renew({ signal }: Abortable = {}): Promise<void> {
    this.#requireHeld()
    await abortable(this.#calls.renew(), signal)
    this.#requireHeld()
  }

  async update(changes: InstanceChanges, options: Abortable = {}): Promise<void> {
    this.#requireHeld()
    changed(this.#instance, changes)
    await this.#calls.update(this, changes, options)
    this.#instance = changed(this.#instance, changes)
  }

  async drain(options: DrainOptions = {}): Promise<DrainReport> {
    this.#requireHeld()
    const report = await this.#calls.drain(this, options)
    this.#instance = createInstance({ ...this.#instance, status: 'draining' })
    return report
  }

  async revoke(options: Abortable = {}): Promise<void> {
    if (this.isLost) return
    this.#revoked = true
    await this.#calls.revoke(this, options)
  }

  /** The daemon has it, as it is here. */
  write(instance: Instance, ttlMs: number): void {
    this.#instance = instance
    this.#ttlMs = ttlMs
    this.#established = true
  }

  /** The daemon no longer has it, or not for this process. */
  lose(): void {
    if (this.#revoked || this.#loss) return
    this.#loss = this.#lostError()
    this.#lost?.abort(this.#loss)
  }

  #requireHeld(): void {
    if (this.#loss) throw this.#loss
    if (this.#revoked) throw this.#lostError()
  }

  #lostError(): LeaseLostError {
    return new LeaseLostError(this.#instance.serviceName, this.#instance.id)
  }
}
