import type { IncomingMessage } from 'node:http'
import type { Access, Identity } from '../../access/access.ts'
import { requireGranted } from '../../access/audit.ts'
import { addressOf } from '../../access/credentials.ts'
import type { Right } from '../../access/grants.ts'

/**
 * What an endpoint takes: nothing; a right on the service or key that its path ends in; a right on everything; any right of that kind; or that
 * its handler asks by `Call.require`, because what it is about stands in the body.
 */
export type Demand =
  | { readonly on: 'nothing' | 'handler' }
  | { readonly on: 'rest' | 'everything' | 'anything'; readonly right: Right }

const NOTHING: Demand = { on: 'nothing' }
const HANDLER: Demand = { on: 'handler' }
const SERVICE: Demand = { on: 'rest', right: 'services:read' }
const ALL_SERVICES: Demand = { on: 'everything', right: 'services:read' }
const SOME_SERVICE: Demand = { on: 'anything', right: 'services:read' }
const OPERATOR: Demand = { on: 'everything', right: 'services:administer' }
const READ_SESSIONS: Demand = { on: 'everything', right: 'sessions:read' }
const WRITE_SESSIONS: Demand = { on: 'everything', right: 'sessions:write' }

/** As much of a call as its rights depend on. */
export interface GuardedCall {
  readonly request: IncomingMessage
  /** What follows the route's prefix. */
  readonly rest: string
  /** As it was shown; empty if none was. */
  readonly token: string
  has(parameter: string): boolean
}

/** By method and route. What is not here takes an operator, so that an endpoint that is forgotten is shut. */
const DEMANDS: Readonly<Record<string, Demand>> = {
  'GET /v1/status/leader': NOTHING,
  'GET /v1/status/peers': NOTHING,
  'GET /v1/catalog/datacenters': NOTHING,
  'GET /v1/coordinate/datacenters': NOTHING,
  'GET /v1/agent/self': SOME_SERVICE,
  'GET /v1/agent/members': SOME_SERVICE,
  'GET /v1/catalog/nodes': SOME_SERVICE,
  'GET /v1/health/service/': SERVICE,
  'GET /v1/health/checks/': SERVICE,
  'GET /v1/health/connect/': SERVICE,
  'GET /v1/catalog/service/': SERVICE,
  'GET /v1/catalog/connect/': SERVICE,
  'GET /v1/agent/health/service/name/': SERVICE,
  'GET /v1/catalog/services': ALL_SERVICES,
  'GET /v1/catalog/node/': ALL_SERVICES,
  'GET /v1/catalog/node-services/': ALL_SERVICES,
  'GET /v1/health/node/': ALL_SERVICES,
  'GET /v1/health/state/': ALL_SERVICES,
  'GET /v1/agent/services': ALL_SERVICES,
  'GET /v1/agent/service/': ALL_SERVICES,
  'GET /v1/agent/checks': ALL_SERVICES,
  'GET /v1/agent/health/service/id/': ALL_SERVICES,
  'GET /v1/query': ALL_SERVICES,
  'GET /v1/query/': ALL_SERVICES,
  'GET /v1/event/list': ALL_SERVICES,
  'PUT /v1/agent/service/register': HANDLER,
  'PUT /v1/agent/service/deregister/': HANDLER,
  'PUT /v1/agent/service/maintenance/': HANDLER,
  'PUT /v1/agent/check/register': HANDLER,
  'PUT /v1/agent/check/deregister/': HANDLER,
  'PUT /v1/agent/check/pass/': HANDLER,
  'PUT /v1/agent/check/warn/': HANDLER,
  'PUT /v1/agent/check/fail/': HANDLER,
  'PUT /v1/agent/check/update/': HANDLER,
  'GET /v1/kv/': { on: 'rest', right: 'kv:read' },
  'PUT /v1/kv/': { on: 'rest', right: 'kv:write' },
  'DELETE /v1/kv/': { on: 'rest', right: 'kv:write' },
  'PUT /v1/txn': { on: 'everything', right: 'kv:write' },
  'GET /v1/session/info/': READ_SESSIONS,
  'GET /v1/session/node/': READ_SESSIONS,
  'GET /v1/session/list': READ_SESSIONS,
  'PUT /v1/session/create': WRITE_SESSIONS,
  'PUT /v1/session/destroy/': WRITE_SESSIONS,
  'PUT /v1/session/renew/': WRITE_SESSIONS,
}

/** What an endpoint takes. */
export function demandOf(method: string, path: string): Demand {
  return DEMANDS[`${method} ${path}`] ?? OPERATOR
}

/** Whether something is asked for of all keys that begin with what the path ends in. */
function isTree(call: GuardedCall): boolean {
  return call.has('recurse') || call.has('keys')
}

/** The rights of the caller of one call. */
export class CallGuard {
  readonly #access: Access
  readonly #identity: Identity
  readonly #call: GuardedCall

  /** Throws `TokenUnknownError`. */
  constructor(access: Access, call: GuardedCall) {
    this.#access = access
    this.#identity = call.token === '' ? access.identify(call.request) : access.identifyToken(call.token)
    this.#call = call
  }

  /** Whether there are rules. */
  get isControlled(): boolean {
    return this.#access.isControlled
  }

  /** Throws `ForbiddenError` unless the endpoint's demand is met. */
  meet(demand: Demand): void {
    if (!('right' in demand)) return
    const { right } = demand
    const { rest } = this.#call
    if (demand.on === 'everything') return this.#require(right, { name: '*', isGranted: this.#identity.mayAll(right) })
    if (demand.on === 'anything') return this.#require(right, { name: '*', isGranted: this.#identity.mayAny(right) })
    if (!isTree(this.#call)) return this.require(right, rest)
    this.#require(right, { name: `${rest}*`, isGranted: this.#identity.mayAll(right, rest) })
  }

  /** Throws `ForbiddenError` unless there is the right on a name; on everything, where the name is undefined. */
  require(right: Right, name: string | undefined): void {
    if (name === undefined) this.#require(right, { name: '*', isGranted: this.#identity.mayAll(right) })
    else this.#require(right, { name, isGranted: this.#identity.may(right, name) })
  }

  #require(right: Right, { name, isGranted }: { name: string; isGranted: boolean }): void {
    const { request } = this.#call
    const [path = ''] = (request.url ?? '').split('?')
    const isRoutine = right.endsWith(':read') || /\/(?:pass|warn|fail|update|renew)\//.test(path)
    const deed = { identity: this.#identity, right, name, isGranted, isRoutine }
    requireGranted(this.#access, { ...deed, action: `${request.method} ${path}`, from: addressOf(request) })
  }
}
