import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import type { Answer } from '../http/answer.ts'
import type { ConsulHandler, ConsulRoute, Method } from '../http/route-table.ts'
import { aclOf } from './acl-calls.ts'

/** What this registry does not do, each with a refusal that says so. Without tokens none of what is about them is there. */
export function unsupportedRoutes(state: ConsulState): ConsulRoute[] {
  return UNSUPPORTED.map(({ path, pattern = path, methods, reason, status = 501 }) => ({
    path,
    pattern,
    methods: Object.fromEntries(
      methods.map(method => [
        method,
        path.startsWith('/v1/acl/') ? refusingAcl(state, reason) : refusing(status, reason),
      ]),
    ),
    support: 'no' as const,
    note: reason,
  }))
}

interface Unsupported {
  readonly path: string
  readonly pattern?: string
  readonly methods: readonly Method[]
  readonly reason: string
  readonly status?: number
}

const MESH =
  'Connect must be enabled in order to use this endpoint, and this registry has no mesh, no certificates and no intentions'
const RAFT = 'This registry has no Raft: it is one process with its data on its own disk'
const SNAPSHOT = `${RAFT}: to back it up, copy consul.log from its folder, while it runs too; to restore it, stop it, and start it with nothing but that copy in its folder`
const LOGINS =
  'This registry has no auth methods: give its tokens policies, roles, service identities and node identities'
const LEGACY = 'This registry has no tokens of the time before policies: use /v1/acl/token and /v1/acl/policy'
const ALL: readonly Method[] = ['GET', 'PUT', 'POST', 'DELETE']

const UNSUPPORTED: readonly Unsupported[] = [
  { path: '/v1/acl/login', methods: ['POST'], reason: LOGINS },
  { path: '/v1/acl/logout', methods: ['POST'], reason: LOGINS },
  { path: '/v1/acl/auth-method', methods: ['PUT'], reason: LOGINS },
  { path: '/v1/acl/auth-method/', pattern: '/v1/acl/auth-method/…', methods: ['GET', 'PUT', 'DELETE'], reason: LOGINS },
  { path: '/v1/acl/binding-rule', methods: ['PUT'], reason: LOGINS },
  {
    path: '/v1/acl/binding-rule/',
    pattern: '/v1/acl/binding-rule/…',
    methods: ['GET', 'PUT', 'DELETE'],
    reason: LOGINS,
  },
  { path: '/v1/acl/create', methods: ['PUT'], reason: LEGACY },
  { path: '/v1/acl/update', methods: ['PUT'], reason: LEGACY },
  { path: '/v1/acl/destroy/', pattern: '/v1/acl/destroy/:id', methods: ['PUT'], reason: LEGACY },
  { path: '/v1/acl/info/', pattern: '/v1/acl/info/:id', methods: ['GET'], reason: LEGACY },
  { path: '/v1/acl/clone/', pattern: '/v1/acl/clone/:id', methods: ['PUT'], reason: LEGACY },
  { path: '/v1/acl/list', methods: ['GET'], reason: LEGACY },
  { path: '/v1/acl/rules/translate', methods: ['POST'], reason: LEGACY },
  { path: '/v1/acl/rules/translate/', pattern: '/v1/acl/rules/translate/:id', methods: ['GET'], reason: LEGACY },
  { path: '/v1/agent/connect/', pattern: '/v1/agent/connect/…', methods: ['GET', 'POST'], reason: MESH },
  { path: '/v1/connect/', pattern: '/v1/connect/…', methods: ALL, reason: MESH },
  { path: '/v1/config', methods: ['PUT'], reason: MESH },
  { path: '/v1/config/', pattern: '/v1/config/:kind', methods: ['GET', 'DELETE'], reason: MESH },
  { path: '/v1/discovery-chain/', pattern: '/v1/discovery-chain/:service', methods: ['GET', 'POST'], reason: MESH },
  { path: '/v1/operator/keyring', methods: ALL, reason: 'This registry has no gossip, and so no keys for it' },
  { path: '/v1/snapshot', methods: ['GET', 'PUT'], reason: SNAPSHOT },
  {
    path: '/v1/internal/',
    pattern: '/v1/internal/…',
    methods: ['GET'],
    reason: 'This registry has not the pages of Consul, nor what only they ask for',
  },
]

function refusingAcl(state: ConsulState, reason: string): ConsulHandler {
  return () => {
    aclOf(state)
    throw new ConsulRefusedError(501, reason)
  }
}

/** Refuses every call. */
export function refusing(status: number, reason: string): ConsulHandler {
  return (): Answer => {
    throw new ConsulRefusedError(status, reason)
  }
}
