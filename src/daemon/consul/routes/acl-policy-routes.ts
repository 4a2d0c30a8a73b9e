import type { PolicyFields, PolicyRow } from '../acl/policies.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Shape } from '../go/decode.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { aclNotFound, aclOf, decodeAcl, readAcl, restOf } from './acl-calls.ts'
import { type Asked, askedById, askedByName, type NamedHandlers, namedRoutes } from './acl-named-routes.ts'

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
  return namedRoutes('policies', new AclPolicyRoutes(state))
}

class AclPolicyRoutes implements NamedHandlers {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly list = (call: Call): Answer | Promise<Answer> => {
    const { policies } = aclOf(this.#state)
    const make = () => JSON.stringify(policies.rows.list().map(({ Rules: _rules, ...row }) => listed(row)))
    return readAcl(this.#state, call, { key: 'policies', make })
  }

  readonly get = (call: Call): Answer | Promise<Answer> =>
    this.#one(call, askedById(call, aclOf(this.#state).policies.rows))

  readonly named = (call: Call): Answer | Promise<Answer> =>
    this.#one(call, askedByName(call, aclOf(this.#state).policies.rows))

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

  /** A policy that is not there is refused at once, also to who would wait. */
  #one(call: Call, { key, find }: Asked<PolicyRow>): Answer | Promise<Answer> {
    if (!find()) throw aclNotFound(this.#state)
    return readAcl(this.#state, call, { key, make: () => JSON.stringify(find() ?? null) })
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
