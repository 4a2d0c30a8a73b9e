import type { EngineCall, InstanceKey } from '../../discovery/engine/engine.ts'
import type { ClaimContext } from './claim-context.ts'
import type { Key } from './key-value.ts'

/**
 * That one process at most has an id, whichever agents they use: a key that its session holds. Agents themselves let the last who registers
 * an id have it, without a word to the other. Where the token allows no keys, there is no such lock, and everybody has it.
 */
export class IdLock {
  readonly #context: ClaimContext
  readonly #key: Key
  /** The session that holds it. */
  #session: string | undefined

  constructor(key: InstanceKey, context: ClaimContext) {
    this.#context = context
    this.#key = context.keys.claim(key)
  }

  /** Takes it, or keeps it; whether this process has it now. */
  async take(call: EngineCall): Promise<boolean> {
    return this.#note(keys => keys.hold(this.#key, this.#context.name, call))
  }

  /** Takes it from whoever has it. */
  async takeOver(call: EngineCall): Promise<boolean> {
    return this.#note(keys => keys.takeOver(this.#key, this.#context.name, call))
  }

  /** Whether this process still has it, if need be with another session. Costs nothing while the session lives. */
  async keep(call: EngineCall): Promise<boolean> {
    const { sessionKeys, rights } = this.#context
    const session = this.#session
    if (session === undefined) return true
    const isKept = await rights.try(() => sessionKeys.isCurrent(session, call), true)
    return isKept || this.take(call)
  }

  /** Gives it up, unless another claim of this process has taken it since: the id is registered again before what lapsed is taken back. */
  async release(call: EngineCall): Promise<void> {
    if (this.#session === undefined) return
    const { sessionKeys, rights, locks } = this.#context
    if (locks.get(this.#path) === this) {
      await rights.try(() => sessionKeys.letGo(this.#key, call), undefined)
      locks.delete(this.#path)
    }
    this.#session = undefined
  }

  get #path(): string {
    return this.#key.join('/')
  }

  async #note(hold: (keys: ClaimContext['sessionKeys']) => Promise<string | false>): Promise<boolean> {
    const { sessionKeys, rights } = this.#context
    const session = await rights.try(() => hold(sessionKeys), undefined)
    this.#session = session || undefined
    if (this.#session !== undefined) this.#context.locks.set(this.#path, this)
    return session !== false
  }
}
