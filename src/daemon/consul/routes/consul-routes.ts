import type { ConsulState } from '../consul-state.ts'
import { RouteTable } from '../http/route-table.ts'
import { agentCheckRoutes } from './agent-check-routes.ts'
import { agentRoutes } from './agent-routes.ts'
import { agentServiceRoutes } from './agent-service-routes.ts'
import { catalogRoutes } from './catalog-routes.ts'
import { coordinateRoutes } from './coordinate-routes.ts'
import { healthRoutes } from './health-routes.ts'
import { statusRoutes } from './status-routes.ts'

/** Every endpoint there is. */
export function consulRoutes(state: ConsulState): RouteTable {
  return new RouteTable([
    ...agentRoutes(state),
    ...agentServiceRoutes(state),
    ...agentCheckRoutes(state),
    ...catalogRoutes(state),
    ...healthRoutes(state),
    ...statusRoutes(state),
    ...coordinateRoutes(state),
  ])
}
