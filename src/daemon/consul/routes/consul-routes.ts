import type { ConsulState } from '../consul-state.ts'
import { type ConsulRoute, RouteTable } from '../http/route-table.ts'
import { aclRoutes } from './acl-routes.ts'
import { agentCheckRoutes } from './agent-check-routes.ts'
import { agentRoutes } from './agent-routes.ts'
import { agentServiceRoutes } from './agent-service-routes.ts'
import { catalogRoutes } from './catalog-routes.ts'
import { coordinateRoutes } from './coordinate-routes.ts'
import { eventRoutes } from './event-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { kvRoutes } from './kv-routes.ts'
import { operatorRoutes } from './operator-routes.ts'
import { queryRoutes } from './query-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { statusRoutes } from './status-routes.ts'
import { txnRoutes } from './txn-routes.ts'
import { refusing, unsupportedRoutes } from './unsupported-routes.ts'

const NO_DATA =
  'This registry is the front of another one and keeps no data: no keys, sessions, events and queries, and no nodes. Ask what is behind it, or a registry daemon of its own'

/** Every endpoint there is. */
export function consulRoutes(state: ConsulState): RouteTable {
  const routes: ConsulRoute[] = [
    ...agentRoutes(state),
    ...agentServiceRoutes(state),
    ...agentCheckRoutes(state),
    ...catalogRoutes(state),
    ...healthRoutes(state),
    ...statusRoutes(state),
    ...ofOwnData(kvRoutes(state)),
    ...ofOwnData(sessionRoutes(state)),
    ...ofOwnData(txnRoutes(state)),
    ...ofOwnData(eventRoutes(state)),
    ...ofOwnData(queryRoutes(state)),
    ...coordinateRoutes(state),
    ...operatorRoutes(state),
    ...ofOwnData(aclRoutes(state)),
    ...unsupportedRoutes(state),
  ]
  return new RouteTable(state.context.backend ? routes.map(inFront) : routes)
}

function ofOwnData(routes: readonly ConsulRoute[]): ConsulRoute[] {
  return routes.map(route => ({ ...route, isOwnData: true }))
}

/** The same at a front, which has no data of its own. */
function inFront(route: ConsulRoute): ConsulRoute {
  if (!route.isOwnData) return route
  const methods = Object.keys(route.methods).map(method => [method, refusing(501, NO_DATA)])
  return { ...route, methods: Object.fromEntries(methods) }
}
