import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Access, Identity } from './access.ts'
import type { AccessRules, Principal } from './access-rules.ts'
import { credentialsOf } from './credentials.ts'
import { TokenUnknownError } from './errors.ts'
import type { Grants, Right } from './grants.ts'
import { tokenHash } from './token-hash.ts'

/**
 * Access by rules, which can be replaced while the daemon runs: who is connected has what the new ones say at once, and nothing when its token
 * is gone. A token is
 * looked for and compared by its hash, so how long that takes tells nothing of it.
 */
export class RulesAccess implements Access {
  readonly isControlled = true
  readonly #watchers = new Set<() => void>()
  #rules: AccessRules

  constructor(rules: AccessRules) {
    this.#rules = rules
  }

  identify(request: IncomingMessage): Identity {
    const { token, certificate } = credentialsOf(request)
    if (certificate === '' || !this.#rules.byCertificate.has(certificate)) return this.identifyToken(token)
    return this.#identity(`certificate "${certificate}"`, () => this.#rules.byCertificate.get(certificate)?.grants)
  }

  identifyToken(token: string): Identity {
    if (token === '') return this.#identity('anonymous', () => this.#rules.anonymous)
    const hash = tokenHash(token)
    const principal = this.#find(hash)
    if (!principal) throw new TokenUnknownError()
    return this.#identity(`token "${principal.name}"`, () => this.#find(hash)?.grants)
  }

  watch(onChange: () => void): () => void {
    const watcher = () => onChange()
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /** From now on other rules count. */
  replace(rules: AccessRules): void {
    this.#rules = rules
    for (const watcher of this.#watchers) watcher()
  }

  #identity(name: string, grants: () => Grants | undefined): Identity {
    return {
      name,
      may: (right: Right, subject: string) => grants()?.may(right, subject) ?? false,
      mayAll: (right: Right, prefix?: string) => grants()?.mayAll(right, prefix) ?? false,
      mayAny: (right: Right) => grants()?.mayAny(right) ?? false,
    }
  }

  #find(hash: string): Principal | undefined {
    const principal = this.#rules.byHash.get(hash)
    return principal && timingSafeEqual(Buffer.from(principal.hash ?? ''), Buffer.from(hash)) ? principal : undefined
  }
}
