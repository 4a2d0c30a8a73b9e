import type { Right } from '../../access/grants.ts'

/**
 * What an endpoint takes: nothing; a right on the service, key or event that its path ends in, or on the node of this agent; a right on everything;
 * or what its handler asks for, because what it is about stands in the body, or because it leaves out what may not be seen, as is done with keys that
 * are asked for together.
 */
export type Demand =
  | { readonly on: 'nothing' | 'handler' }
  | { readonly on: 'rest' | 'node' | 'everything'; readonly right: Right }

const NOTHING: Demand = { on: 'nothing' }
const HANDLER: Demand = { on: 'handler' }
const READ_AGENT: Demand = { on: 'node', right: 'agents:read' }
const WRITE_AGENT: Demand = { on: 'node', right: 'agents:write' }
const READ_ACL: Demand = { on: 'everything', right: 'acl:read' }
const WRITE_ACL: Demand = { on: 'everything', right: 'acl:write' }
const READ_OPERATOR: Demand = { on: 'everything', right: 'operator:read' }
const WRITE_OPERATOR: Demand = { on: 'everything', right: 'operator:write' }
const OPERATOR: Demand = { on: 'everything', right: 'services:administer' }

/** By method and route. What is not here takes an operator, so that an endpoint that is forgotten is shut. */
const DEMANDS: Readonly<Record<string, Demand>> = {
  'GET /v1/status/leader': NOTHING,
  'GET /v1/status/peers': NOTHING,
  'GET /v1/catalog/datacenters': NOTHING,
  'GET /v1/catalog/gateway-services/': NOTHING,
  'GET /v1/health/ingress/': NOTHING,
  'GET /v1/coordinate/datacenters': NOTHING,
  'GET /v1/coordinate/nodes': NOTHING,
  'GET /v1/coordinate/node/': NOTHING,
  'GET /v1/agent/self': READ_AGENT,
  'GET /v1/agent/metrics': READ_AGENT,
  // The log has the names of everything, and who asked for it: more than whoever may read one service is to know.
  'GET /v1/agent/monitor': { on: 'node', right: 'agents:log' },
  'PUT /v1/agent/reload': WRITE_AGENT,
  'PUT /v1/agent/leave': WRITE_AGENT,
  'PUT /v1/agent/join/': WRITE_AGENT,
  'PUT /v1/agent/force-leave/': WRITE_OPERATOR,
  'GET /v1/agent/host': READ_OPERATOR,
  'GET /v1/operator/raft/configuration': READ_OPERATOR,
  'DELETE /v1/operator/raft/peer': WRITE_OPERATOR,
  'GET /v1/operator/autopilot/configuration': READ_OPERATOR,
  'PUT /v1/operator/autopilot/configuration': WRITE_OPERATOR,
  'GET /v1/operator/autopilot/health': READ_OPERATOR,
  'PUT /v1/agent/maintenance': { on: 'node', right: 'nodes:write' },
  'GET /v1/agent/members': HANDLER,
  'GET /v1/catalog/nodes': HANDLER,
  'GET /v1/catalog/services': HANDLER,
  'GET /v1/catalog/service/': HANDLER,
  'GET /v1/catalog/node/': HANDLER,
  'GET /v1/catalog/node-services/': HANDLER,
  'PUT /v1/catalog/register': HANDLER,
  'PUT /v1/catalog/deregister': HANDLER,
  'GET /v1/health/service/': HANDLER,
  'GET /v1/health/connect/': HANDLER,
  'GET /v1/catalog/connect/': HANDLER,
  'GET /v1/health/checks/': HANDLER,
  'GET /v1/health/node/': HANDLER,
  'GET /v1/health/state/': HANDLER,
  'GET /v1/agent/services': HANDLER,
  'GET /v1/agent/service/': HANDLER,
  'GET /v1/agent/checks': HANDLER,
  'GET /v1/agent/health/service/name/': { on: 'rest', right: 'services:read' },
  'GET /v1/agent/health/service/id/': HANDLER,
  'PUT /v1/agent/service/register': HANDLER,
  'PUT /v1/agent/service/deregister/': HANDLER,
  'PUT /v1/agent/service/maintenance/': HANDLER,
  'PUT /v1/agent/check/register': HANDLER,
  'PUT /v1/agent/check/deregister/': HANDLER,
  'PUT /v1/agent/check/pass/': HANDLER,
  'PUT /v1/agent/check/warn/': HANDLER,
  'PUT /v1/agent/check/fail/': HANDLER,
  'PUT /v1/agent/check/update/': HANDLER,
  'PUT /v1/acl/bootstrap': HANDLER,
  'GET /v1/acl/replication': NOTHING,
  'GET /v1/acl/policies': READ_ACL,
  'GET /v1/acl/policy/': READ_ACL,
  'GET /v1/acl/policy/name/': READ_ACL,
  'PUT /v1/acl/policy': WRITE_ACL,
  'PUT /v1/acl/policy/': WRITE_ACL,
  'DELETE /v1/acl/policy/': WRITE_ACL,
  'GET /v1/acl/tokens': READ_ACL,
  'GET /v1/acl/token/': READ_ACL,
  'GET /v1/acl/token/self': HANDLER,
  'PUT /v1/acl/token': WRITE_ACL,
  'PUT /v1/acl/token/': WRITE_ACL,
  'DELETE /v1/acl/token/': WRITE_ACL,
  'GET /v1/acl/roles': READ_ACL,
  'GET /v1/acl/role/': READ_ACL,
  'GET /v1/acl/role/name/': READ_ACL,
  'PUT /v1/acl/role': WRITE_ACL,
  'PUT /v1/acl/role/': WRITE_ACL,
  'DELETE /v1/acl/role/': WRITE_ACL,
  'GET /v1/acl/auth-methods': READ_ACL,
  'GET /v1/acl/binding-rules': READ_ACL,
  'PUT /v1/agent/token/': WRITE_AGENT,
  'GET /v1/kv/': { on: 'rest', right: 'kv:read' },
  'PUT /v1/kv/': { on: 'rest', right: 'kv:write' },
  'DELETE /v1/kv/': { on: 'rest', right: 'kv:write' },
  'PUT /v1/txn': HANDLER,
  'GET /v1/event/list': HANDLER,
  'PUT /v1/event/fire/': { on: 'rest', right: 'events:write' },
  'GET /v1/query': HANDLER,
  'POST /v1/query': HANDLER,
  'GET /v1/query/': HANDLER,
  'PUT /v1/query/': HANDLER,
  'DELETE /v1/query/': HANDLER,
  'GET /v1/session/info/': HANDLER,
  'GET /v1/session/node/': HANDLER,
  'GET /v1/session/list': HANDLER,
  'PUT /v1/session/create': HANDLER,
  'PUT /v1/session/destroy/': HANDLER,
  'PUT /v1/session/renew/': HANDLER,
}

/** The same by route, then by method: found without making a text for each request. */
const BY_PATH = new Map<string, Map<string, Demand>>()
for (const [endpoint, demand] of Object.entries(DEMANDS)) {
  const [method = '', path = ''] = endpoint.split(' ')
  BY_PATH.set(path, (BY_PATH.get(path) ?? new Map<string, Demand>()).set(method, demand))
}

/** What an endpoint takes. */
export function demandOf(method: string, path: string): Demand {
  return BY_PATH.get(path)?.get(method) ?? OPERATOR
}
