import { tokenHash } from '../../access/token-hash.ts'
import { listedToken, newTokenJson, tokenJson } from '../acl/token-json.ts'
import type { TokenFields, TokenRow } from '../acl/token-row.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Shape } from '../go/decode.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { ASKED_NOBODY } from '../live/query-options.ts'
import { aclNotFound, aclOf, decodeAcl, IDENTITIES, LINKS, readAcl } from './acl-calls.ts'

const TOKEN_SHAPE: Shape = {
  fields: {
    AccessorID: 'string',
    SecretID: 'string',
    Description: 'string',
    Policies: LINKS,
    Roles: LINKS,
    ...IDENTITIES,
    Local: 'bool',
    AuthMethod: 'string',
    ExpirationTTL: 'duration',
    ExpirationTime: 'string',
    CreateTime: 'string',
    Hash: 'string',
    CreateIndex: 'int',
    ModifyIndex: 'int',
    Rules: 'string',
  },
}

/** `/v1/acl/tokens` and `/v1/acl/token`. */
export function aclTokenRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new AclTokenRoutes(state)
  return [
    { path: '/v1/acl/tokens', methods: { GET: routes.list }, support: 'yes' },
    { path: '/v1/acl/token', methods: { PUT: routes.create }, support: 'yes' },
    {
      path: '/v1/acl/token/',
      pattern: '/v1/acl/token/:accessor, …/clone',
      methods: { GET: routes.get, PUT: routes.update, DELETE: routes.delete },
      support: 'yes',
      note: 'A secret is told when it is made, and later shown as `<hidden>`: only its hash is kept.',
    },
    { path: '/v1/acl/token/self', methods: { GET: routes.self }, support: 'yes' },
  ]
}

/** What a list can be of: the tokens that link a policy or a role, or that were made by a login, which none is. */
const FILTERS: Readonly<Record<'policy' | 'role' | 'authmethod', (row: TokenRow) => readonly string[]>> = {
  policy: ({ policies }) => policies,
  role: ({ roles = [] }) => roles,
  authmethod: () => [],
}

class AclTokenRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly list = (call: Call): Answer | Promise<Answer> => {
    const acl = aclOf(this.#state)
    const [by, id] = filterOf(call)
    const make = () => {
      const rows = acl.tokens.list().filter(row => by === '' || FILTERS[by](row).includes(id))
      return JSON.stringify(rows.map(row => listedToken(row, acl)))
    }
    return readAcl(this.#state, call, { key: `tokens/${by}/${id}`, make })
  }

  readonly get = (call: Call): Answer | Promise<Answer> => {
    const acl = aclOf(this.#state)
    const id = idOf(call)
    if (!acl.tokens.get(id)) throw aclNotFound(this.#state)
    const make = () => {
      const row = acl.tokens.get(id)
      return row ? JSON.stringify(tokenJson(row, { acl })) : 'null'
    }
    return readAcl(this.#state, call, { key: `token/${id}`, make })
  }

  /** The one that is shown with the request; else the one that counts where none is. */
  readonly self = (call: Call): Answer => {
    const acl = aclOf(this.#state)
    const secret = call.token
    const row = acl.tokens.find(secret === '' ? (this.#state.settings.acl?.defaultHash ?? '') : tokenHash(secret))
    if (!row) throw aclNotFound(this.#state)
    const headers = [
      'X-Consul-Index',
      String(row.ModifyIndex),
      'X-Consul-Knownleader',
      'true',
      'X-Consul-Lastcontact',
      '0',
    ]
    return json(tokenJson(row, { acl, ...(secret !== '' && { secret }) }), { headers })
  }

  readonly create = async (call: Call): Promise<Answer> => {
    const acl = aclOf(this.#state)
    const fields = await decodeAcl<TokenFields>(call, TOKEN_SHAPE, 'Token')
    const made = acl.tokens.create(fields)
    await this.#state.journal.kept()
    return json(newTokenJson(made, acl))
  }

  readonly update = async (call: Call): Promise<Answer> => {
    const acl = aclOf(this.#state)
    if (call.rest.endsWith('/clone')) return this.#clone(call, call.rest.slice(0, -'/clone'.length))
    const id = idOf(call)
    const fields = await decodeAcl<TokenFields>(call, TOKEN_SHAPE, 'Token')
    if (fields.AccessorID && fields.AccessorID !== id)
      throw new ConsulRefusedError(400, 'Bad request: Token Accessor ID in URL and payload do not match')
    const row = acl.tokens.update(id, fields)
    await this.#state.journal.kept()
    const { SecretID: secret = '' } = fields
    return json(tokenJson(row, { acl, ...(tokenHash(secret) === row.hash && { secret }) }))
  }

  readonly delete = async (call: Call): Promise<Answer> => {
    const { tokens } = aclOf(this.#state)
    const id = idOf(call)
    if (call.token !== '' && tokens.find(tokenHash(call.token))?.AccessorID === id)
      throw new ConsulRefusedError(500, "Deletion of the request's authorization token is not permitted")
    tokens.delete(id)
    await this.#state.journal.kept()
    return verdict(true)
  }

  async #clone(call: Call, accessor: string): Promise<Answer> {
    const acl = aclOf(this.#state)
    const { Description } = await decodeAcl<TokenFields>(call, TOKEN_SHAPE, 'Token')
    const made = acl.tokens.clone(accessor, Description)
    if (!made) throw new ConsulRefusedError(403, 'ACL not found')
    await this.#state.journal.kept()
    return json(newTokenJson(made, acl))
  }
}

function idOf(call: Call): string {
  if (call.rest === '') throw new ConsulRefusedError(400, 'Bad request: Missing token ID')
  return call.rest
}

/** By what a list is asked for, and which. Throws `ConsulRefusedError` for more than one. */
function filterOf(call: Call): [by: keyof typeof FILTERS | '', id: string] {
  const asked = (['policy', 'role', 'authmethod'] as const).filter(by => call.param(by) !== '')
  const [by = ''] = asked
  if (asked.length <= 1) return [by, by === '' ? '' : call.param(by)]
  throw new ConsulRefusedError(500, 'can only filter by one of policy, role, or methodName at a time', ASKED_NOBODY)
}
