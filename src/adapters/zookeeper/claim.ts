import type { EngineCall, EngineClaim, InstanceKey, TakeOptions } from '../../discovery/engine/engine.ts'
import { InstanceConflictError, LeaseLostError } from '../../discovery/errors.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { Calls } from './calls.ts'
import type { ZookeeperClient } from './client.ts'
import type { Layout } from './layout.ts'
import type { Link } from './link.ts'
import { type Acl, exists, remove, setData } from './operations.ts'
import { encodeInstance, holderIn, type PayloadOf } from './service-instance.ts'
import type { Session } from './session.ts'
import { isRefused, putSessionNode, type Written } from './session-node.ts'
import type { Stat } from './stat.ts'

/** What the claims of one process have in common. */
export interface ClaimContext {
  readonly calls: Calls
  readonly client: Pick<ZookeeperClient, 'shorten'>
  readonly layout: Layout
  readonly acl: readonly Acl[]
  readonly payloadOf: PayloadOf
}

/** How often a removal may be overtaken by writes. */
const OVERTAKEN_MAX = 10

/**
 * The claim on the node of one Instance. The node lives by the session of this process: it goes with it when the process is gone, and
 * earlier if it is revoked. That it is still this claim's is known by the transaction that created it.
 */
export class ZookeeperClaim implements EngineClaim {
  readonly #key: InstanceKey
  readonly #path: string
  readonly #context: ClaimContext
  readonly #lost = new AbortController()
  /** In which the node was, or may have been, written. */
  #session: Session | undefined
  #written: Written | undefined
  /** On whose behalf; undefined: of this process alone. */
  #holder: string | undefined

  constructor(key: InstanceKey, context: ClaimContext) {
    this.#key = key
    this.#path = context.layout.instance(key.serviceName, key.id)
    this.#context = context
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async take(instance: Instance, { ttlMs, holder, signal }: TakeOptions): Promise<number> {
    const { acl, client } = this.#context
    client.shorten(ttlMs)
    this.#holder = holder
    const data = this.#encoded(instance)
    const parents = 'persistent'
    const isOurs = (found: Buffer) => holder !== undefined && holderIn(found) === holder
    const written = await this.#context.calls.perform(signal, async link => {
      this.#liveBy(link.session)
      return await putSessionNode(link, { path: this.#path, data, acl, parents, isOurs }, { signal })
    })
    if (!written) throw new InstanceConflictError(this.#key.serviceName, this.#key.id)
    this.#written = written
    return written.writtenAt
  }

  async write(instance: Instance, { signal }: EngineCall): Promise<number> {
    const data = this.#encoded(instance)
    return this.#context.calls.perform(signal, async link => {
      const { version } = await this.#require(link, signal)
      try {
        const { result } = await link.request(setData(this.#path, data, version), { signal })
        return result.writtenAt
      } catch (error) {
        const isGone = isRefused(error, 'NoNode') || isRefused(error, 'BadVersion')
        throw isGone ? this.#lostError({ cause: error }) : error
      }
    })
  }

  async renew({ signal }: EngineCall): Promise<void> {
    await this.#context.calls.perform(signal, link => this.#require(link, signal))
  }

  async revoke({ signal }: EngineCall): Promise<number> {
    const session = this.#session
    if (!session) return 0
    if (session.expired.aborted) return Infinity
    const revision = await this.#context.calls.perform(signal, link => this.#remove(link, signal))
    this.#leave()
    return revision
  }

  /** Resolves with the transaction that removed it, if it was this one. */
  async #remove(link: Link, signal: AbortSignal): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const { result: stat } = await link.request(exists(this.#path), { signal })
      if (!stat || !this.#isOurs(link, stat)) return Infinity
      try {
        return (await link.request(remove(this.#path, stat.version), { signal })).zxid
      } catch (error) {
        if (!isRefused(error, 'BadVersion') || attempt === OVERTAKEN_MAX) throw error
      }
    }
  }

  #encoded(instance: Instance): Buffer {
    return encodeInstance(instance, this.#context.payloadOf, this.#holder)
  }

  /** The node as it is, if it is still this claim's. */
  async #require(link: Link, signal: AbortSignal): Promise<Stat> {
    const { result: stat } = await link.request(exists(this.#path), { signal })
    if (stat && this.#written && this.#isOurs(link, stat)) return stat
    this.#leave()
    throw this.#lostError()
  }

  /** A node whose creation was not answered is ours as well if the session has it: there is no other claim on it. */
  #isOurs(link: Link, { owner, createdAt }: Stat): boolean {
    const isSession = link.session === this.#session && owner === link.session.id
    return isSession && (this.#written === undefined || this.#written.createdAt === createdAt)
  }

  #liveBy(session: Session): void {
    if (this.#session !== session) this.#written = undefined
    this.#leave()
    this.#session = session
    session.expired.addEventListener('abort', this.#onExpired)
  }

  /** Hears no more of the session. */
  #leave(): void {
    this.#session?.expired.removeEventListener('abort', this.#onExpired)
  }

  readonly #onExpired = () => {
    const cause = this.#session?.expired.reason as Error
    if (this.#written) this.#lost.abort(this.#lostError({ cause }))
  }

  #lostError(options?: ErrorOptions): LeaseLostError {
    return new LeaseLostError(this.#key.serviceName, this.#key.id, options)
  }
}
