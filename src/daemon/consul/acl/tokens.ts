import { randomUUID } from 'node:crypto'
import type { Clock, Timer } from '../../../core/clock.ts'
import { tokenHash } from '../../access/token-hash.ts'
import { ConsulRefusedError } from '../errors.ts'
import { requireRoom, requireShort } from '../state/limits.ts'
import { Table, type TableJournal } from '../state/table.ts'
import { expirationOf } from './expiration.ts'
import { nodeIdentities, serviceIdentities } from './identities.ts'
import { linkedIds, linksOf } from './links.ts'
import type { Policies } from './policies.ts'
import type { Roles } from './roles.ts'
import { ANONYMOUS_ID, HIDDEN, requireFreeUuid, type TokenFields, type TokenRow } from './token-row.ts'

/** What Tokens work with. */
export interface TokensInit {
  readonly journal: TableJournal
  readonly clock: Clock
  readonly stamp: () => number
  readonly policies: Policies
  readonly roles: Roles
  /** A token was made, changed or taken out; `wasThere` unless it is new. */
  readonly onChange: (wasThere: boolean) => void
}

/** A token that was just made, with its secret, which is told this once. */
export interface NewToken {
  readonly row: TokenRow
  readonly secret: string
}

/** What a client says of a token. */
type TokenContent = Pick<TokenRow, 'Description' | 'policies' | 'roles' | 'ServiceIdentities' | 'NodeIdentities'>

const UUID_CHARACTERS = 36

/** How often it is looked whether the machine's date has jumped past the end of a token, as after a sleep, in which no timer runs. */
const LOOK_MS = 30_000

/** The tokens of the Consul API, by their accessors. A secret is kept as its hash only. A token whose time is over is gone. */
export class Tokens {
  readonly rows: Table<TokenRow>
  readonly #init: TokensInit
  readonly #byHash = new Map<string, TokenRow>()
  readonly #timers = new Map<string, Timer>()

  constructor(init: TokensInit) {
    this.#init = init
    this.rows = new Table('acl-token', init.journal, (before, after) => this.#changed(before, after))
  }

  /** In the order of their accessors. */
  list(): TokenRow[] {
    return [...this.rows.values()].toSorted((a, b) => (a.AccessorID < b.AccessorID ? -1 : 1))
  }

  get(accessor: string): TokenRow | undefined {
    return this.rows.get(accessor)
  }

  /** By the hash of its secret. */
  find(hash: string): TokenRow | undefined {
    return this.#byHash.get(hash)
  }

  /** Throws `ConsulRefusedError`. */
  create(fields: TokenFields): NewToken {
    requireRoom('tokens', this.rows.size)
    const { AccessorID = '', SecretID = '' } = fields
    this.#requireFree(AccessorID, SecretID)
    return this.put(AccessorID || randomUUID(), SecretID || randomUUID(), fields)
  }

  /** Throws `ConsulRefusedError`, also if it is not there. */
  update(accessor: string, fields: TokenFields): TokenRow {
    const before = this.#existing(accessor)
    const { SecretID = '', Local = false } = fields
    if (SecretID !== '' && SecretID !== HIDDEN && tokenHash(SecretID) !== before.hash)
      throw new ConsulRefusedError(500, 'Changing a tokens SecretID is not permitted')
    if (Local !== before.Local) throw new ConsulRefusedError(500, `cannot toggle local mode of ${accessor}`)
    const { ExpirationTime = before.ExpirationTime } = fields
    if (Date.parse(ExpirationTime ?? '') !== Date.parse(before.ExpirationTime ?? '') && ExpirationTime !== undefined)
      throw new ConsulRefusedError(500, 'Cannot change expiration time')
    const { roles: _roles, ...rest } = before
    const row = { ...rest, ...this.#content(fields), ModifyIndex: this.#init.stamp() }
    this.rows.put(accessor, row)
    return row
  }

  /** Another one with the same rights. Undefined if there is no such token. */
  clone(accessor: string, Description: string | undefined): NewToken | undefined {
    const original = this.rows.get(accessor)
    if (!original) return undefined
    requireRoom('tokens', this.rows.size)
    const { ServiceIdentities, NodeIdentities, Local, ExpirationTime } = original
    const { policies, roles } = this.#init
    return this.put(randomUUID(), randomUUID(), {
      Description: Description || original.Description,
      Policies: linksOf(original.policies, policies.rows),
      Roles: linksOf(original.roles ?? [], roles.rows),
      ServiceIdentities,
      NodeIdentities,
      Local,
      ...(ExpirationTime !== undefined && { ExpirationTime }),
    })
  }

  /** Harmless if there is none. Throws `ConsulRefusedError` for that of who shows no token. */
  delete(accessor: string): void {
    if (accessor === ANONYMOUS_ID)
      throw new ConsulRefusedError(500, 'Delete operation not permitted on the anonymous token')
    this.rows.delete(accessor)
  }

  /** Writes a token under an accessor and with a secret that are chosen. Throws `ConsulRefusedError`. */
  put(AccessorID: string, secret: string, fields: TokenFields): NewToken {
    const now = this.#init.clock.wallTime()
    const ExpirationTime = expirationOf(fields, now)
    const index = this.#init.stamp()
    const row: TokenRow = {
      AccessorID,
      hash: tokenHash(secret),
      ...this.#content(fields),
      Local: fields.Local ?? false,
      ...(ExpirationTime !== undefined && { ExpirationTime }),
      CreateTime: new Date(now).toISOString(),
      CreateIndex: index,
      ModifyIndex: index,
    }
    this.rows.put(AccessorID, row)
    return { row, secret }
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel()
  }

  #existing(accessor: string): TokenRow {
    if (accessor.length !== UUID_CHARACTERS) throw new ConsulRefusedError(500, NO_UUID)
    const row = this.rows.get(accessor)
    if (!row) throw new ConsulRefusedError(500, `Cannot find token ${JSON.stringify(accessor)}`)
    return row
  }

  #requireFree(accessor: string, secret: string): void {
    if (accessor !== '') {
      if (accessor.length !== UUID_CHARACTERS) throw new ConsulRefusedError(500, NO_UUID)
      requireFreeUuid('AccessorID', accessor)
      if (this.rows.get(accessor)) throw new ConsulRefusedError(500, 'Invalid Token: AccessorID is already in use')
    }
    if (secret === '') return
    requireFreeUuid('SecretID', secret)
    if (this.find(tokenHash(secret))) throw new ConsulRefusedError(500, 'Invalid Token: SecretID is already in use')
  }

  #content(fields: TokenFields): TokenContent {
    const { Description = '', Policies = [], Roles = [], ServiceIdentities = [], NodeIdentities = [] } = fields
    requireShort('The description of a token', Description)
    const policies = linkedIds(Policies, 'token', this.#init.policies.rows)
    const roles = linkedIds(Roles, 'token', this.#init.roles.rows)
    return {
      Description,
      policies,
      ...(roles.length > 0 && { roles }),
      ServiceIdentities: serviceIdentities(ServiceIdentities, 'token'),
      NodeIdentities: nodeIdentities(NodeIdentities, 'token'),
    }
  }

  #changed(before: TokenRow | undefined, after: TokenRow | undefined): void {
    const { AccessorID } = (after ?? before) as TokenRow
    if (before) this.#byHash.delete(before.hash)
    if (after) this.#byHash.set(after.hash, after)
    this.#timers.get(AccessorID)?.cancel()
    this.#timers.delete(AccessorID)
    if (after?.ExpirationTime !== undefined) {
      const at = Date.parse(after.ExpirationTime)
      const { clock } = this.#init
      this.#expireLater(AccessorID, { at, dueAt: clock.now() + at - clock.wallTime() })
    }
    this.#init.onChange(before !== undefined)
  }

  /** When the date is `at` or the time `dueAt`, whichever is first: a date that is set back makes no token last longer. */
  #expireLater(accessor: string, end: { readonly at: number; readonly dueAt: number }): void {
    const { clock } = this.#init
    const leftMs = () => Math.min(end.at - clock.wallTime(), end.dueAt - clock.now())
    const timer = clock.schedule(Math.max(0, Math.min(leftMs(), LOOK_MS)), () => {
      if (leftMs() > 0) this.#expireLater(accessor, end)
      else this.rows.delete(accessor)
    })
    this.#timers.set(accessor, timer)
  }
}

const NO_UUID = `Failed acl token lookup by accessor: failed acl token lookup: index error: UUID must be ${UUID_CHARACTERS} characters`
