import type { ConsulState } from '../consul-state.ts'
import { hostPort } from '../go/host-port.ts'
import { json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulHandler, ConsulRoute } from '../http/route-table.ts'
import { requireDatacenter } from '../live/query-options.ts'

/** `/v1/status`: who leads. */
export function statusRoutes({ settings: { address, serverPort, datacenter } }: ConsulState): ConsulRoute[] {
  const leader = hostPort(address, serverPort)
  const telling =
    (answer: string | readonly string[]): ConsulHandler =>
    (call: Call) => {
      requireDatacenter(call, datacenter)
      return json(answer)
    }
  return [
    { path: '/v1/status/leader', methods: { GET: telling(leader) }, support: 'yes', note: 'This registry.' },
    { path: '/v1/status/peers', methods: { GET: telling([leader]) }, support: 'yes', note: 'This registry.' },
  ]
}
