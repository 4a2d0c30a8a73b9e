import { abortable } from '../../core/abort.ts'
import { InstanceConflictError, LeaseLostError, RegistryUnavailableError } from '../../discovery/errors.ts'
import type { EngineCall, EngineClaim, InstanceKey, TakeOptions } from '../../discovery/engine/engine.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { EtcdClient } from './client.ts'
import { EtcdLeaseNotFoundError } from './errors.ts'
import type { KeyChecks } from './key-checks.ts'
import type { KnownLeases } from './known-leases.ts'
import type { Layout } from './layout.ts'
import type { Compare, KeyValue, Operation, TxnAnswer } from './messages.ts'
import { encodeInstance, holderIn } from './record.ts'

/** What a claim shares with the others of its Registry. */
export interface ClaimOptions {
  readonly client: EtcdClient
  readonly layout: Layout
  readonly leases: KnownLeases
  readonly checks: KeyChecks
}

/**
 * A key on a lease of etcd's that belongs to it alone: it lapses with the lease, is gone when that is revoked, and whoever would write
 * it has to be on that lease. So whatever goes astray, nothing of it outlives its TTL.
 */
export class EtcdClaim implements EngineClaim {
  readonly lost: AbortSignal = new AbortController().signal
  readonly #key: InstanceKey
  readonly #path: string
  readonly #options: ClaimOptions
  /** The lease the key stands on. */
  #lease: string | undefined
  /** The revision at which the key was written last, as far as we know. */
  #writtenAt = '0'
  /** On whose behalf; undefined: of this process alone. */
  #holder: string | undefined
  /** All that were granted for this claim, and are not surely gone. */
  readonly #granted = new Set<string>()

  constructor(key: InstanceKey, options: ClaimOptions) {
    this.#key = key
    this.#path = options.layout.instance(key)
    this.#options = options
  }

  async take(instance: Instance, { ttlMs, holder, signal }: TakeOptions): Promise<number> {
    this.#holder = holder
    const { client, leases } = this.#options
    const lease = await client.grant(Math.ceil(ttlMs / 1000), { signal })
    this.#granted.add(lease)
    leases.add(lease, this.#path)
    const answer = await this.#create(instance, lease, signal)
    this.#lease = lease
    for (const former of this.#granted) if (former !== lease) void this.#end(former, signal).catch(() => {})
    return this.#wrote(answer)
  }

  /**
   * Writes the key where it is as we wrote it last: so what was given up changes nothing any more once a later change has been made. If it comes about before
   * that, the key is not as we know it, and looked at.
   */
  async write(instance: Instance, { signal }: EngineCall): Promise<number> {
    const { client } = this.#options
    for (;;) {
      const answer = await this.#ours(lease =>
        client.txn({ compare: [this.#isOf(this.#writtenAt)], success: [this.#put(instance, lease)] }, { signal }),
      )
      if (answer.succeeded === true) return this.#wrote(answer)
      this.#writtenAt = await this.#ours(lease => this.#lookAt(lease, signal))
    }
  }

  /** Renews the lease, and looks whether the key is still there: somebody may have deleted it. */
  async renew({ signal }: EngineCall): Promise<void> {
    const { client, checks } = this.#options
    const found = await this.#ours(async lease => {
      const asked = Promise.all([client.keepAlive(lease, { signal }), checks.leaseOf(this.#path)])
      const [, standsOn] = await abortable(asked, signal)
      return standsOn === lease
    })
    if (!found) throw this.#lostError()
  }

  async revoke({ signal }: EngineCall): Promise<number> {
    const revisions = await Promise.all(Array.from(this.#granted, lease => this.#end(lease, signal)))
    return Math.max(0, ...revisions)
  }

  /** Writes the key where there is none, or only one of ours. Who holds it may change while we look: then it is looked at again. */
  async #create(instance: Instance, lease: string, signal: AbortSignal): Promise<TxnAnswer> {
    let condition: Compare = { key: this.#path, target: 'CREATE', create_revision: '0' }
    for (;;) {
      const answer = await this.#attempt(condition, [this.#put(instance, lease), this.#mark()], signal)
      if (answer.succeeded === true) return answer
      const holder = holderOf(answer)
      if (holder === undefined) condition = { key: this.#path, target: 'CREATE', create_revision: '0' }
      else if (this.#isOurs(holder)) condition = this.#isOf(holder.mod_revision)
      else throw await this.#conflict(lease, signal)
    }
  }

  /** Left over by this process, or held by another on behalf of the same. */
  #isOurs(found: KeyValue): boolean {
    return this.#options.leases.has(found.lease) || (this.#holder !== undefined && holderIn(found) === this.#holder)
  }

  async #conflict(lease: string, signal: AbortSignal): Promise<InstanceConflictError> {
    await this.#end(lease, signal).catch(() => {})
    return new InstanceConflictError(this.#key.serviceName, this.#key.id)
  }

  async #attempt(condition: Compare, success: readonly Operation[], signal: AbortSignal): Promise<TxnAnswer> {
    const { client } = this.#options
    const look: Operation = { request_range: { key: this.#path } }
    try {
      return await client.txn({ compare: [condition], success, failure: [look] }, { signal })
    } catch (error) {
      // It was granted a moment ago: etcd has lost its data since.
      throw error instanceof EtcdLeaseNotFoundError ? new RegistryUnavailableError(client.url, { cause: error }) : error
    }
  }

  #put(instance: Instance, lease: string): Operation {
    return { request_put: { key: this.#path, value: encodeInstance(instance, this.#holder), lease } }
  }

  /** Marks the service name as known, unless it is. */
  #mark(): Operation {
    const key = this.#options.layout.name(this.#key.serviceName)
    const compare: Compare[] = [{ key, target: 'CREATE', create_revision: '0' }]
    return { request_txn: { compare, success: [{ request_put: { key, value: '' } }] } }
  }

  /** The key was written last at that revision. */
  #isOf(revision: string | undefined): Compare {
    return { key: this.#path, target: 'MOD', mod_revision: revision ?? '0' }
  }

  /** At which revision the key was written last, if it is still on the lease. */
  async #lookAt(lease: string, signal: AbortSignal): Promise<string> {
    const { kvs: [found] = [] } = await this.#options.client.range({ key: this.#path, keys_only: true }, { signal })
    if (found?.lease !== lease || found.mod_revision === undefined) throw this.#lostError()
    return found.mod_revision
  }

  #wrote({ header: { revision = '0' } }: TxnAnswer): number {
    this.#writtenAt = revision
    return Number(revision)
  }

  /** Does something with the lease; that etcd has none, or we have none, is that it is lost. */
  async #ours<T>(act: (lease: string) => Promise<T>): Promise<T> {
    if (this.#lease === undefined) throw this.#lostError()
    try {
      return await act(this.#lease)
    } catch (error) {
      throw error instanceof EtcdLeaseNotFoundError ? this.#lostError(error) : error
    }
  }

  /** Resolves with the revision at which the key is gone; one that has lapsed is gone since who knows when. */
  async #end(lease: string, signal: AbortSignal): Promise<number> {
    const revision = await this.#options.client.revoke(lease, { signal }).catch((error: unknown) => {
      if (error instanceof EtcdLeaseNotFoundError) return Infinity
      throw error
    })
    this.#granted.delete(lease)
    this.#options.leases.delete(lease)
    if (this.#lease === lease) this.#lease = undefined
    return revision
  }

  #lostError(cause?: Error): LeaseLostError {
    return new LeaseLostError(this.#key.serviceName, this.#key.id, { cause })
  }
}

function holderOf({ responses }: TxnAnswer): KeyValue | undefined {
  return responses?.[0]?.response_range?.kvs?.[0]
}
