import type { PolicyFields, PolicyRow } from '../acl/policies.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Shape } from '../go/decode.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { aclNotFound, aclOf, decodeAcl } from './acl-calls.ts'
import { topicQuestion } from './questions.ts'

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
    const make = () => JSON.stringify(policies.list().map(({ Rules: _rules, ...row }) => listed(row)))
    const question = () => topicQuestion(this.#state.topics, ['acl'], make)
    return this.#state.reader.read(call, { key: 'acl/policies', question, tellsConsistency: false })
  }

  readonly get = (call: Call): Answer | Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    const id = idOf(call)
    return this.#one(call, { key: id, find: () => policies.get(id) })
  }

  readonly named = (call: Call): Answer | Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    const { rest: name } = call
    if (name === '') throw new ConsulRefusedError(400, 'Bad request: Missing policy Name')
    return this.#one(call, { key: `name/${name}`, find: () => policies.named(name) })
  }

  readonly create = async (call: Call): Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    const fields = await decodeAcl<PolicyFields>(call, POLICY_SHAPE, 'Policy')
    if (fields.ID) throw new ConsulRefusedError(400, 'Bad request: Cannot specify the ID when creating a new policy')
    return this.#written(() => policies.create(fields))
  }

  readonly update = async (call: Call): Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    const id = idOf(call)
    const fields = await decodeAcl<PolicyFields>(call, POLICY_SHAPE, 'Policy')
    if (fields.ID && fields.ID !== id)
      throw new ConsulRefusedError(400, 'Bad request: Policy ID in URL and payload do not match')
    return this.#written(() => policies.update(id, fields))
  }

  readonly delete = async (call: Call): Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    policies.delete(idOf(call))
    await this.#state.journal.kept()
    return verdict(true)
  }

  #one(call: Call, { key, find }: { key: string; find: () => PolicyRow | undefined }): Answer | Promise<Answer> {
    const make = () => JSON.stringify(find() ?? null)
    const question = () => topicQuestion(this.#state.topics, ['acl'], make)
    const read = { key: `acl/policy/${key}`, question, tellsConsistency: false }
    if (!find()) throw aclNotFound(this.#state)
    return this.#state.reader.read(call, read)
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

function idOf(call: Call): string {
  if (call.rest === '') throw new ConsulRefusedError(400, 'Bad request: Missing policy ID')
  return call.rest
}
