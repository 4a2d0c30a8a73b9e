import { roleJson } from '../acl/role-json.ts'
import type { RoleFields, RoleRow } from '../acl/roles.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { aclOf, decodeAcl, IDENTITIES, LINKS, lookUp, readAcl, restOf } from './acl-calls.ts'

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
  const routes = new AclRoleRoutes(state)
  return [
    { path: '/v1/acl/roles', methods: { GET: routes.list }, support: 'yes' },
    { path: '/v1/acl/role', methods: { PUT: routes.put }, support: 'yes' },
    {
      path: '/v1/acl/role/',
      pattern: '/v1/acl/role/:id',
      methods: { GET: routes.get, PUT: routes.put, DELETE: routes.delete },
      support: 'yes',
    },
    {
      path: '/v1/acl/role/name/',
      pattern: '/v1/acl/role/name/:name',
      methods: { GET: routes.named },
      support: 'yes',
    },
  ]
}

class AclRoleRoutes {
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

  readonly get = (call: Call): Answer | Promise<Answer> => {
    const { rows } = aclOf(this.#state).roles
    const id = restOf(call, 'role ID')
    lookUp(id, rows)
    return this.#one(call, { key: id, find: () => rows.get(id) })
  }

  readonly named = (call: Call): Answer | Promise<Answer> => {
    const { rows } = aclOf(this.#state).roles
    const name = restOf(call, 'role Name')
    return this.#one(call, { key: `name/${name}`, find: () => rows.named(name) })
  }

  /** Makes a role where the path names none. */
  readonly put = async (call: Call): Promise<Answer> => {
    const acl = aclOf(this.#state)
    const { rest: id } = call
    const fields = await decodeAcl<RoleFields>(call, ROLE_SHAPE, 'Role')
    if (fields.ID && fields.ID !== id)
      throw new ConsulRefusedError(400, 'Bad request: Role ID in URL and payload do not match')
    const row = id === '' ? acl.roles.create(fields) : acl.roles.update(id, fields)
    await this.#state.journal.kept()
    return json(roleJson(row, acl))
  }

  readonly delete = async (call: Call): Promise<Answer> => {
    const { roles } = aclOf(this.#state)
    roles.rows.remove(restOf(call, 'role ID'))
    await this.#state.journal.kept()
    return verdict(true)
  }

  /** A role that is not there is 404 without a text. */
  #one(call: Call, { key, find }: { key: string; find: () => RoleRow | undefined }): Answer | Promise<Answer> {
    const acl = aclOf(this.#state)
    const make = () => {
      const row = find()
      return row ? JSON.stringify(roleJson(row, acl)) : ''
    }
    return readAcl(this.#state, call, { key: `role/${key}`, make })
  }
}
