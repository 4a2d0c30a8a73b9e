import type { ConsulState } from '../consul-state.ts'
import { RouteTable } from '../http/route-table.ts'
import { agentCheckRoutes } from './agent-check-routes.ts'
import { agentRoutes } from './agent-routes.ts'
import { agentServiceRoutes } from './agent-service-routes.ts'
import { catalogRoutes } from './catalog-routes.ts'
import { coordinateRoutes } from './coordinate-routes.ts'
import { eventRoutes } from './event-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { kvRoutes } from './kv-routes.ts'
import { queryRoutes } from './query-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { statusRoutes } from './status-routes.ts'
import { txnRoutes } from './txn-routes.ts'
import { unsupportedRoutes } from './unsupported-routes.ts'

/** Every endpoint there is. */
export function consulRoutes(state: ConsulState): RouteTable {
  return new RouteTable([
    ...agentRoutes(state),
    ...agentServiceRoutes(state),
    ...agentCheckRoutes(state),
    ...catalogRoutes(state),
    ...healthRoutes(state),
    ...statusRoutes(state),
    ...kvRoutes(state),
    ...sessionRoutes(state),
    ...txnRoutes(state),
    ...eventRoutes(state),
    ...queryRoutes(state),
    ...coordinateRoutes(state),
    ...unsupportedRoutes(),
  ])
}
