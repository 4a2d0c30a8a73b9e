import type { Abortable } from '../../core/abort.ts'
import { RegistryUnavailableError } from '../../discovery/errors.ts'
import { ConsulRefusedError } from './errors.ts'
import { INVALID_SESSION, type Key, type KeyValue } from './key-value.ts'
import type { ConsulSession } from './session.ts'

/** Keys that are there as long as this process is: held by its session, and by another one when Consul has ended that. */
export class SessionKeys {
  readonly keyValue: KeyValue
  readonly #session: ConsulSession

  constructor(keyValue: KeyValue, session: ConsulSession) {
    this.keyValue = keyValue
    this.#session = session
  }

  /** Writes a key and holds it; false if another session does. Resolves with the session that holds it. */
  async hold(key: Key, value: string, options: Abortable): Promise<string | false> {
    return this.#withSession(options, async session => {
      return (await this.keyValue.acquire(key, { value, session }, options)) && session
    })
  }

  /** Takes a key from the session that holds it, if that has not changed it meanwhile; false if it has. */
  async takeOver(key: Key, value: string, options: Abortable): Promise<string | false> {
    const entry = await this.keyValue.get(key, options)
    if (!entry) return this.hold(key, value, options)
    return this.#withSession(options, async session => {
      return (await this.keyValue.takeOver(entry, { value, session }, options)) && session
    })
  }

  /** Deletes a key if this process holds it. */
  async letGo(key: Key, options: Abortable): Promise<void> {
    await this.keyValue.release(key, await this.#session.id(options), options)
  }

  /** Whether `session` is the one that this process has now. */
  async isCurrent(session: string, options: Abortable): Promise<boolean> {
    return session === (await this.#session.id(options))
  }

  async #withSession<T>(options: Abortable, action: (session: string) => Promise<T>): Promise<T> {
    const session = await this.#session.id(options)
    try {
      return await action(session)
    } catch (error) {
      if (!isInvalidSession(error)) throw error
      this.#session.forget(session)
      return action(await this.#session.id(options))
    }
  }
}

function isInvalidSession(error: unknown): boolean {
  const refusal = error instanceof RegistryUnavailableError ? error.cause : error
  return refusal instanceof ConsulRefusedError && INVALID_SESSION.test(refusal.text)
}
