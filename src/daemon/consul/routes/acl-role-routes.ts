import { roleJson } from '../acl/role-json.ts'
import type { RoleFields, RoleRow } from '../acl/roles.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { aclOf, decodeAcl, IDENTITIES, LINKS, readAcl, restOf } from './acl-calls.ts'
import { type Asked, askedById, askedByName, type NamedHandlers, namedRoutes } from './acl-named-routes.ts'

const ROLE_SHAPE = {
  fields: {
    ID: 'string',
    Name: 'string',
    Description: 'string',
    Policies: LINKS,
    ...IDENTITIES,
    Hash: 'string',
    CreateIndex: 'int',
    ModifyIndex: 'int',
  },
} as const

/** `/v1/acl/roles` and `/v1/acl/role`. */
export function aclRoleRoutes(state: ConsulState): ConsulRoute[] {
  return namedRoutes('roles', new AclRoleRoutes(state))
}

class AclRoleRoutes implements NamedHandlers {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly list = (call: Call): Answer | Promise<Answer> => {
    const acl = aclOf(this.#state)
    const policy = call.param('policy')
    const make = () => {
      const rows = acl.roles.rows.list().filter(row => policy === '' || row.policies.includes(policy))
      return JSON.stringify(rows.map(row => roleJson(row, acl)))
    }
    return readAcl(this.#state, call, { key: `roles/${policy}`, make })
  }

  readonly get = (call: Call): Answer | Promise<Answer> =>
    this.#one(call, askedById(call, aclOf(this.#state).roles.rows))

  readonly named = (call: Call): Answer | Promise<Answer> =>
    this.#one(call, askedByName(call, aclOf(this.#state).roles.rows))

  readonly create = (call: Call): Promise<Answer> => this.#put(call)

  readonly update = (call: Call): Promise<Answer> => this.#put(call)

  readonly delete = async (call: Call): Promise<Answer> => {
    const { roles } = aclOf(this.#state)
    roles.rows.remove(restOf(call, 'role ID'))
    await this.#state.journal.kept()
    return verdict(true)
  }

  /** Makes a role where the path names none. */
  async #put(call: Call): Promise<Answer> {
    const acl = aclOf(this.#state)
    const { rest: id } = call
    const fields = await decodeAcl<RoleFields>(call, ROLE_SHAPE, 'Role')
    if (fields.ID && fields.ID !== id)
      throw new ConsulRefusedError(400, 'Bad request: Role ID in URL and payload do not match')
    const row = id === '' ? acl.roles.create(fields) : acl.roles.update(id, fields)
    await this.#state.journal.kept()
    return json(roleJson(row, acl))
  }

  /** A role that is not there is 404 without a text. */
  #one(call: Call, { key, find }: Asked<RoleRow>): Answer | Promise<Answer> {
    const acl = aclOf(this.#state)
    const make = () => {
      const row = find()
      return row ? JSON.stringify(roleJson(row, acl)) : ''
    }
    return readAcl(this.#state, call, { key, make })
  }
}
