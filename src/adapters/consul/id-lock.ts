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

  /** Gives it up if this process has it. */
  async release(call: EngineCall): Promise<void> {
    if (this.#session === undefined) return
    const { sessionKeys, rights } = this.#context
    await rights.try(() => sessionKeys.letGo(this.#key, call), undefined)
    this.#session = undefined
  }

  async #note(hold: (keys: ClaimContext['sessionKeys']) => Promise<string | false>): Promise<boolean> {
    const { sessionKeys, rights } = this.#context
    const session = await rights.try(() => hold(sessionKeys), undefined)
    this.#session = session || undefined
    return session !== false
  }
}
