import type { ConsulState } from '../consul-state.ts'
import { json } from '../http/answer.ts'
import type { ConsulRoute } from '../http/route-table.ts'

/** `/v1/status`: who leads. */
export function statusRoutes({ settings: { address, serverPort } }: ConsulState): ConsulRoute[] {
  const leader = `${address}:${serverPort}`
  return [
    { path: '/v1/status/leader', methods: { GET: () => json(leader) }, support: 'yes', note: 'This registry.' },
    { path: '/v1/status/peers', methods: { GET: () => json([leader]) }, support: 'yes', note: 'This registry.' },
  ]
}
