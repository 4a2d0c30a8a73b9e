import { timingSafeEqual } from 'node:crypto'
import type { RequestHead } from '../../web/whole-request.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { RateLimit } from '../rate-limit.ts'
import type { Access, Identity } from './access.ts'
import type { AccessRules, Principal } from './access-rules.ts'
import { credentialsOf } from './credentials.ts'
import { TokenUnknownError } from './errors.ts'
import type { Right } from './grants.ts'
import { tokenHash } from './token-hash.ts'

/** Of whom nothing is said but the rights. */
const NOBODY = {
  name: 'anonymous',
  key: 'anonymous',
  hash: undefined,
  certificate: undefined,
  writesPerSecond: undefined,
}

/**
 * Access by rules, which can be replaced while the daemon runs: who is connected has what the new ones say at once, and nothing when its token
 * is gone. A token is
 * looked for and compared by its hash, so how long that takes tells nothing of it.
 */
export class RulesAccess implements Access {
  readonly isControlled = true
  readonly #watchers = new Set<() => void>()
  #rules: AccessRules
  readonly #clock: Clock
  /** By what the rules say of whom; it begins anew with new rules. */
  #rates = new WeakMap<Principal, RateLimit>()

  constructor(rules: AccessRules, { clock = systemClock }: { clock?: Clock } = {}) {
    this.#rules = rules
    this.#clock = clock
  }

  identify(request: RequestHead): Identity {
    const { token, certificate } = credentialsOf(request)
    if (certificate === '' || !this.#rules.byCertificate.has(certificate)) return this.identifyToken(token)
    const name = `certificate "${certificate}"`
    return this.#identity({ name, key: name }, () => this.#rules.byCertificate.get(certificate))
  }

  identifyToken(token: string): Identity {
    if (token === '') return this.#identity(NOBODY, () => ({ ...NOBODY, grants: this.#rules.anonymous }))
    return this.identifyHash(tokenHash(token))
  }

  identifyHash(hash: string): Identity {
    const principal = this.#find(hash)
    if (!principal) throw new TokenUnknownError()
    return this.#identity({ name: `token "${principal.name}"`, key: hash }, () => this.#find(hash))
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

  #identity({ name, key }: Pick<Identity, 'name' | 'key'>, principal: () => Principal | undefined): Identity {
    return {
      name,
      key,
      may: (right: Right, subject: string) => principal()?.grants.may(right, subject) ?? false,
      mayAll: (right: Right, prefix?: string) => principal()?.grants.mayAll(right, prefix) ?? false,
      mayAny: (right: Right) => principal()?.grants.mayAny(right) ?? false,
      takeWrite: () => this.#takeWrite(principal()),
    }
  }

  #takeWrite(principal: Principal | undefined): boolean {
    if (principal?.writesPerSecond === undefined) return true
    let rate = this.#rates.get(principal)
    if (!rate) this.#rates.set(principal, (rate = new RateLimit(this.#clock, principal.writesPerSecond)))
    return rate.take()
  }

  #find(hash: string): Principal | undefined {
    const principal = this.#rules.byHash.get(hash)
    return principal && timingSafeEqual(Buffer.from(principal.hash ?? ''), Buffer.from(hash)) ? principal : undefined
  }
}
