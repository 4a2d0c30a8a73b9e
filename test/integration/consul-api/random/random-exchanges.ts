import * as fc from 'fast-check'
import type { Exchange } from '../exchange.ts'
import { agentActions, checkDefinition, serviceDefinition } from './agent-requests.ts'
import { deregistration, registration } from './catalog-requests.ts'
import { keyRequests, sessionRequests } from './key-requests.ts'
import { otherRequests } from './other-requests.ts'
import { queryRequests } from './query-requests.ts'
import { reads } from './reads.ts'
import { transaction } from './transactions.ts'
import { CHECKS, IDS, NODES, SERVICES, SESSIONS, writes } from './words.ts'

/** Requests, each by itself. They are of one agent, of which the catalog has two more nodes. */
export const exchanges: fc.Arbitrary<Exchange> = fc.oneof(
  { weight: 4, arbitrary: writes('/v1/agent/service/register', serviceDefinition()) },
  { weight: 2, arbitrary: writes('/v1/agent/check/register', checkDefinition()) },
  { weight: 3, arbitrary: agentActions() },
  { weight: 4, arbitrary: writes('/v1/catalog/register', registration()) },
  { weight: 2, arbitrary: writes('/v1/catalog/deregister', deregistration()) },
  { weight: 8, arbitrary: keyRequests() },
  { weight: 3, arbitrary: sessionRequests() },
  { weight: 3, arbitrary: writes('/v1/txn', transaction()) },
  { weight: 2, arbitrary: queryRequests() },
  { weight: 14, arbitrary: reads() },
  { weight: 1, arbitrary: otherRequests() },
)

/** What leaves a side as it was in the beginning. */
export const CLEANING: readonly Exchange[] = [
  { method: 'DELETE', path: '/v1/kv/?recurse' },
  ...SESSIONS.map(name => ({ method: 'PUT', path: `/v1/session/destroy/$${name}` })),
  ...SESSIONS.map(name => ({ method: 'DELETE', path: `/v1/query/$q${name}` })),
  ...NODES.map(Node => ({ method: 'PUT', path: '/v1/catalog/deregister', body: { Node } })),
  ...IDS.concat(SERVICES).map(id => ({ method: 'PUT', path: `/v1/agent/service/deregister/${id}` })),
  ...CHECKS.map(id => ({ method: 'PUT', path: `/v1/agent/check/deregister/${id}` })),
  { method: 'PUT', path: '/v1/agent/maintenance?enable=false' },
]
