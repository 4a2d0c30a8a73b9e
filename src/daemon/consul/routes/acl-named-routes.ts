import type { Named, NamedTable } from '../acl/named-table.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Call } from '../http/call.ts'
import type { ConsulHandler, ConsulRoute } from '../http/route-table.ts'
import { ASKED_NOBODY } from '../live/query-options.ts'
import { restOf } from './acl-calls.ts'

/** What is done with policies or roles. */
export interface NamedHandlers {
  readonly list: ConsulHandler
  readonly create: ConsulHandler
  readonly get: ConsulHandler
  readonly update: ConsulHandler
  readonly delete: ConsulHandler
  readonly named: ConsulHandler
}

/** The endpoints of policies or roles, which have an id and a name: `/v1/acl/roles`, `/v1/acl/role` and what is below that. */
export function namedRoutes(list: 'policies' | 'roles', handlers: NamedHandlers): ConsulRoute[] {
  const one = list === 'policies' ? '/v1/acl/policy' : '/v1/acl/role'
  const { get: GET, update: PUT, delete: DELETE } = handlers
  return [
    { path: `/v1/acl/${list}`, methods: { GET: handlers.list }, support: 'yes' },
    { path: one, methods: { PUT: handlers.create }, support: 'yes' },
    { path: `${one}/`, pattern: `${one}/:id`, methods: { GET, PUT, DELETE }, support: 'yes' },
    { path: `${one}/name/`, pattern: `${one}/name/:name`, methods: { GET: handlers.named }, support: 'yes' },
  ]
}

/** A policy or role that is asked for: `find` looks for it, now or later; `key` is the same for the same one. */
export interface Asked<R> {
  readonly key: string
  readonly find: () => R | undefined
}

/** The one whose id the path says. Throws `ConsulRefusedError` for none, and for one that nothing can have. */
export function askedById<R extends Named>(call: Call, rows: NamedTable<R>): Asked<R> {
  const id = restOf(call, `${rows.what} ID`)
  const problem = rows.lookupProblem(id)
  if (problem !== undefined) throw new ConsulRefusedError(500, problem, ASKED_NOBODY)
  return { key: `${rows.what}/${id}`, find: () => rows.get(id) }
}

/** The one whose name the path says. Throws `ConsulRefusedError` for none. */
export function askedByName<R extends Named>(call: Call, rows: NamedTable<R>): Asked<R> {
  const name = restOf(call, `${rows.what} Name`)
  return { key: `${rows.what}/name/${name}`, find: () => rows.named(name) }
}
