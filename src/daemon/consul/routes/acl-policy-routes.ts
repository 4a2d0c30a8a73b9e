import type { PolicyFields, PolicyRow } from '../acl/policies.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Shape } from '../go/decode.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { aclNotFound, aclOf, decodeAcl, lookUp, readAcl, restOf } from './acl-calls.ts'

const POLICY_SHAPE: Shape = {
  fields: {
    ID: 'string',
    Name: 'string',
    Description: 'string',
    Rules: 'string',
    Datacenters: { list: 'string' },
    Hash: 'string',
    CreateIndex: 'int',
    ModifyIndex: 'int',
  },
}

/** `/v1/acl/policies` and `/v1/acl/policy`. */
export function aclPolicyRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new AclPolicyRoutes(state)
  return [
    { path: '/v1/acl/policies', methods: { GET: routes.list }, support: 'yes' },
    { path: '/v1/acl/policy', methods: { PUT: routes.create }, support: 'yes' },
    {
      path: '/v1/acl/policy/',
      pattern: '/v1/acl/policy/:id',
      methods: { GET: routes.get, PUT: routes.update, DELETE: routes.delete },
      support: 'yes',
    },
    {
      path: '/v1/acl/policy/name/',
      pattern: '/v1/acl/policy/name/:name',
      methods: { GET: routes.named },
      support: 'yes',
    },
  ]
}

class AclPolicyRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly list = (call: Call): Answer | Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    const make = () => JSON.stringify(policies.rows.list().map(({ Rules: _rules, ...row }) => listed(row)))
    return readAcl(this.#state, call, { key: 'policies', make })
  }

  readonly get = (call: Call): Answer | Promise<Answer> => {
    const { rows } = aclOf(this.#state).policies
    const id = restOf(call, 'policy ID')
    lookUp(id, rows)
    return this.#one(call, { key: id, find: () => rows.get(id) })
  }

  readonly named = (call: Call): Answer | Promise<Answer> => {
    const { rows } = aclOf(this.#state).policies
    const name = restOf(call, 'policy Name')
    return this.#one(call, { key: `name/${name}`, find: () => rows.named(name) })
  }

  readonly create = async (call: Call): Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    const fields = await decodeAcl<PolicyFields>(call, POLICY_SHAPE, 'Policy')
    if (fields.ID) throw new ConsulRefusedError(400, 'Bad request: Cannot specify the ID when creating a new policy')
    return this.#written(() => policies.create(fields))
  }

  readonly update = async (call: Call): Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    const id = restOf(call, 'policy ID')
    const fields = await decodeAcl<PolicyFields>(call, POLICY_SHAPE, 'Policy')
    if (fields.ID && fields.ID !== id)
      throw new ConsulRefusedError(400, 'Bad request: Policy ID in URL and payload do not match')
    return this.#written(() => policies.update(id, fields))
  }

  readonly delete = async (call: Call): Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    policies.delete(restOf(call, 'policy ID'))
    await this.#state.journal.kept()
    return verdict(true)
  }

  #one(call: Call, { key, find }: { key: string; find: () => PolicyRow | undefined }): Answer | Promise<Answer> {
    if (!find()) throw aclNotFound(this.#state)
    return readAcl(this.#state, call, { key: `policy/${key}`, make: () => JSON.stringify(find() ?? null) })
  }

  async #written(write: () => PolicyRow): Promise<Answer> {
    const row = write()
    await this.#state.journal.kept()
    return json(row)
  }
}

/** Without its rules a policy shows everywhere where it counts. */
function listed({ ID, Name, Description, Datacenters = [], ...rest }: Omit<PolicyRow, 'Rules'>): object {
  return { ID, Name, Description, Datacenters: Datacenters.length > 0 ? Datacenters : null, ...rest }
}
