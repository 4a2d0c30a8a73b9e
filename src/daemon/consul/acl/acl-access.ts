import type { IncomingMessage } from 'node:http'
import { timingSafeEqual } from 'node:crypto'
import { type Access, type Identity, openAccess } from '../../access/access.ts'
import { credentialsOf } from '../../access/credentials.ts'
import { TokenUnknownError } from '../../access/errors.ts'
import { Grants, type Right } from '../../access/grants.ts'
import { tokenHash } from '../../access/token-hash.ts'
import type { Acl } from './acl.ts'
import type { DefaultPolicy } from './policy-grants.ts'
import { ANONYMOUS_ID, type TokenRow } from './token-row.ts'

/** How tokens of the Consul API let in. All fields have defaults. */
export interface AclOptions {
  /** What counts where no policy says anything. Default `deny`. */
  readonly defaultPolicy?: DefaultPolicy | undefined
  /** The secret of a token by which everything is allowed, made at the first start. Default: none; the first is made by `/v1/acl/bootstrap`. */
  readonly master?: string | undefined
  /** The secret of the token that counts where none is shown. Default: that of the anonymous. */
  readonly defaultToken?: string | undefined
  /** The secret of a token that may do to this agent what its operator does, without being kept. Default: none. */
  readonly agentMaster?: string | undefined
  /** Whether the token that counts where none is shown, when it was set by the API, still does after a restart. Default false. */
  readonly keepsDefault?: boolean | undefined
  /** Others who are let in besides, such as by a file of rules. Default: nobody. */
  readonly others?: Access | undefined
}

const NOTHING = new Grants(new Map())

/**
 * Access by the tokens, roles and policies of the Consul API. They are data of the daemon, so before it runs nobody is let in but by others. A token is
 * looked for and compared by its hash.
 */
export class AclAccess implements Access {
  readonly isControlled = true
  readonly options: AclOptions
  readonly #watchers = new Set<() => void>()
  readonly #agentMaster: string
  #defaultHash: string
  #acl: Acl | undefined
  #agentGrants = NOTHING

  constructor(options: AclOptions = {}) {
    this.options = options
    const { defaultToken = '', agentMaster = '' } = options
    this.#defaultHash = defaultToken === '' ? '' : tokenHash(defaultToken)
    this.#agentMaster = agentMaster === '' ? '' : tokenHash(agentMaster)
  }

  /** The hash of the token that counts where none is shown; empty for that of the anonymous. */
  get defaultHash(): string {
    return this.#defaultHash
  }

  identify(request: IncomingMessage): Identity {
    const { others = openAccess } = this.options
    const { token, certificate } = credentialsOf(request)
    const other = others.isControlled && certificate !== '' ? others.identify(request) : undefined
    return other?.name.startsWith('certificate ') ? other : this.identifyToken(token)
  }

  identifyToken(token: string): Identity {
    if (token !== '') return this.identifyHash(tokenHash(token))
    if (this.#defaultHash === '') return this.#anonymous()
    const identity = this.#own(this.#defaultHash)
    if (identity) return identity
    throw new TokenUnknownError()
  }

  identifyHash(hash: string): Identity {
    const identity = this.#own(hash)
    if (identity) return identity
    const { others = openAccess } = this.options
    if (others.isControlled) return others.identifyHash(hash)
    throw new TokenUnknownError()
  }

  #own(hash: string): Identity | undefined {
    if (isSame(hash, this.#agentMaster)) return identityOf('agent master token', hash, () => this.#agentGrants)
    const row = this.#find(hash)
    if (!row) return undefined
    const name = row.AccessorID === ANONYMOUS_ID ? 'anonymous' : `ACL token "${row.AccessorID}"`
    return identityOf(name, hash, () => this.#grantsOf(this.#find(hash)))
  }

  watch(onChange: () => void): () => void {
    const watcher = () => onChange()
    this.#watchers.add(watcher)
    const unwatch = this.options.others?.watch(watcher)
    return () => {
      this.#watchers.delete(watcher)
      unwatch?.()
    }
  }

  /** Lets in by these tokens, until the returned function is called. */
  attach(acl: Acl, node: string): () => void {
    this.#acl = acl
    if (this.options.keepsDefault) this.#defaultHash = acl.defaultHash ?? this.#defaultHash
    this.#agentGrants = new Grants({ ...NO_GRANTS, agents: { [node]: 'write' }, nodes: { '*': 'read' } })
    return () => void (this.#acl = undefined)
  }

  /** From now on that token counts where none is shown; with an empty one the anonymous does. */
  setDefault(token: string): void {
    this.#defaultHash = token === '' ? '' : tokenHash(token)
    if (this.options.keepsDefault && this.#acl) this.#acl.defaultHash = this.#defaultHash
    else this.changed()
  }

  /** Rights may be others now. */
  changed(): void {
    for (const watcher of this.#watchers) watcher()
  }

  /** The anonymous of the Consul API, and whatever others let the anonymous do. */
  #anonymous(): Identity {
    const own = identityOf('anonymous', 'anonymous', () => this.#grantsOf(this.#acl?.tokens.get(ANONYMOUS_ID)))
    const { others } = this.options
    if (!others?.isControlled) return own
    const other = others.identifyToken('')
    return {
      ...own,
      may: (right, name) => own.may(right, name) || other.may(right, name),
      mayAll: (right, prefix) => own.mayAll(right, prefix) || other.mayAll(right, prefix),
      mayAny: right => own.mayAny(right) || other.mayAny(right),
    }
  }

  #find(hash: string): TokenRow | undefined {
    const row = this.#acl?.tokens.find(hash)
    return row && isSame(row.hash, hash) ? row : undefined
  }

  #grantsOf(row: TokenRow | undefined): Grants {
    return row && this.#acl ? this.#acl.grantsOf(row) : NOTHING
  }
}

const NO_GRANTS = { services: {}, kv: {}, sessions: {}, events: {}, queries: {}, acl: {}, operator: {} }

function identityOf(name: string, key: string, grants: () => Grants): Identity {
  return {
    name,
    key,
    may: (right: Right, subject: string) => grants().may(right, subject),
    mayAll: (right: Right, prefix?: string) => grants().mayAll(right, prefix),
    mayAny: (right: Right) => grants().mayAny(right),
    takeWrite: () => true,
  }
}

function isSame(hash: string, other: string): boolean {
  return hash.length === other.length && timingSafeEqual(Buffer.from(hash), Buffer.from(other))
}
