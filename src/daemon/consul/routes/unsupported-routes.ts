import { ConsulRefusedError } from '../errors.ts'
import type { Answer } from '../http/answer.ts'
import type { ConsulHandler, ConsulRoute, Method } from '../http/route-table.ts'

/** What this registry does not do, each with a refusal that says so. */
export function unsupportedRoutes(): ConsulRoute[] {
  return UNSUPPORTED.map(({ path, pattern = path, methods, reason, status = 501 }) => ({
    path,
    pattern,
    methods: Object.fromEntries(methods.map(method => [method, refusing(status, reason)])),
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
const NO_ACL = 'ACL support disabled'
const ALL: readonly Method[] = ['GET', 'PUT', 'POST', 'DELETE']

const UNSUPPORTED: readonly Unsupported[] = [
  { path: '/v1/acl/', pattern: '/v1/acl/…', methods: ALL, reason: NO_ACL, status: 401 },
  { path: '/v1/agent/token/', pattern: '/v1/agent/token/:kind', methods: ['PUT'], reason: NO_ACL, status: 401 },
  { path: '/v1/agent/connect/', pattern: '/v1/agent/connect/…', methods: ['GET', 'POST'], reason: MESH },
  { path: '/v1/connect/', pattern: '/v1/connect/…', methods: ALL, reason: MESH },
  { path: '/v1/config', methods: ['PUT'], reason: MESH },
  { path: '/v1/config/', pattern: '/v1/config/:kind', methods: ['GET', 'DELETE'], reason: MESH },
  { path: '/v1/discovery-chain/', pattern: '/v1/discovery-chain/:service', methods: ['GET', 'POST'], reason: MESH },
  { path: '/v1/operator/', pattern: '/v1/operator/…', methods: ALL, reason: RAFT },
  { path: '/v1/snapshot', methods: ['GET', 'PUT'], reason: `${RAFT}: copy its folder while it is stopped` },
  {
    path: '/v1/internal/',
    pattern: '/v1/internal/…',
    methods: ['GET'],
    reason: 'This registry has not the pages of Consul, nor what only they ask for',
  },
]

/** Refuses every call. */
export function refusing(status: number, reason: string): ConsulHandler {
  return (): Answer => {
    throw new ConsulRefusedError(status, reason)
  }
}
