import { tokenHash } from '../../access/token-hash.ts'
import { listedToken, newTokenJson, tokenJson } from '../acl/token-json.ts'
import type { TokenFields } from '../acl/token-row.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Shape } from '../go/decode.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { aclNotFound, aclOf, decodeAcl } from './acl-calls.ts'
import { topicQuestion } from './questions.ts'

const LINK: Shape = { fields: { ID: 'string', Name: 'string' } }

const TOKEN_SHAPE: Shape = {
  fields: {
    AccessorID: 'string',
    SecretID: 'string',
    Description: 'string',
    Policies: { list: LINK },
    Roles: { list: LINK },
    ServiceIdentities: { list: { fields: { ServiceName: 'string', Datacenters: { list: 'string' } } } },
    NodeIdentities: { list: { fields: { NodeName: 'string', Datacenter: 'string' } } },
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
      note: 'A secret is told when it is made, and later shown as `<hidden>`: only its hash is kept. No roles.',
    },
    { path: '/v1/acl/token/self', methods: { GET: routes.self }, support: 'yes' },
  ]
}

class AclTokenRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly list = (call: Call): Answer | Promise<Answer> => {
    const { tokens, policies } = aclOf(this.#state)
    const policy = call.param('policy')
    const make = () => {
      const rows = tokens.list().filter(row => policy === '' || row.policies.includes(policy))
      return JSON.stringify(rows.map(row => listedToken(row, policies)))
    }
    const question = () => topicQuestion(this.#state.topics, ['acl'], make)
    return this.#state.reader.read(call, { key: `acl/tokens/${policy}`, question, tellsConsistency: false })
  }

  readonly get = (call: Call): Answer | Promise<Answer> => {
    const { tokens, policies } = aclOf(this.#state)
    const id = idOf(call)
    if (!tokens.get(id)) throw aclNotFound(this.#state)
    const make = () => {
      const row = tokens.get(id)
      return row ? JSON.stringify(tokenJson(row, { policies })) : 'null'
    }
    const question = () => topicQuestion(this.#state.topics, ['acl'], make)
    return this.#state.reader.read(call, { key: `acl/token/${id}`, question, tellsConsistency: false })
  }

  /** The one that is shown with the request; else the one that counts where none is. */
  readonly self = (call: Call): Answer => {
    const { tokens, policies } = aclOf(this.#state)
    const secret = call.token
    const row = tokens.find(secret === '' ? (this.#state.settings.acl?.defaultHash ?? '') : tokenHash(secret))
    if (!row) throw aclNotFound(this.#state)
    const headers = [
      'X-Consul-Index',
      String(row.ModifyIndex),
      'X-Consul-Knownleader',
      'true',
      'X-Consul-Lastcontact',
      '0',
    ]
    return json(tokenJson(row, { policies, ...(secret !== '' && { secret }) }), { headers })
  }

  readonly create = async (call: Call): Promise<Answer> => {
    const { tokens, policies } = aclOf(this.#state)
    const fields = await decodeAcl<TokenFields>(call, TOKEN_SHAPE, 'Token')
    const made = tokens.create(fields)
    await this.#state.journal.kept()
    return json(newTokenJson(made, policies))
  }

  readonly update = async (call: Call): Promise<Answer> => {
    const { tokens, policies } = aclOf(this.#state)
    if (call.rest.endsWith('/clone')) return this.#clone(call, call.rest.slice(0, -'/clone'.length))
    const id = idOf(call)
    const fields = await decodeAcl<TokenFields>(call, TOKEN_SHAPE, 'Token')
    if (fields.AccessorID && fields.AccessorID !== id)
      throw new ConsulRefusedError(400, 'Bad request: Token Accessor ID in URL and payload do not match')
    const row = tokens.update(id, fields)
    await this.#state.journal.kept()
    const { SecretID: secret = '' } = fields
    return json(tokenJson(row, { policies, ...(tokenHash(secret) === row.hash && { secret }) }))
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
    const { tokens, policies } = aclOf(this.#state)
    const { Description } = await decodeAcl<TokenFields>(call, TOKEN_SHAPE, 'Token')
    const made = tokens.clone(accessor, Description)
    if (!made) throw new ConsulRefusedError(403, 'ACL not found')
    await this.#state.journal.kept()
    return json(newTokenJson(made, policies))
  }
}

function idOf(call: Call): string {
  if (call.rest === '') throw new ConsulRefusedError(400, 'Bad request: Missing token ID')
  return call.rest
}
