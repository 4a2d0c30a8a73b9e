import * as fc from 'fast-check'
import type { Exchange } from '../exchange.ts'
import { get, put } from '../requests.ts'
import { of } from './words.ts'

const PARAMETERS = ['', '?service=web', '?service=(', '?node=n0&tag=v1', '?tag=v1', '?dc=dc1', '?dc=nope']

/** Events, and what an agent says of its cluster. */
export function otherRequests(): fc.Arbitrary<Exchange> {
  const fire = fc
    .tuple(of(['deploy', 'Deploy', '']), of(PARAMETERS), of([undefined, '', 'payload']))
    .map(([name, query, body]) => put(`/v1/event/fire/${name}${query}`, body))
  const status = of([
    '/v1/catalog/datacenters',
    '/v1/coordinate/node/none',
    '/v1/catalog/gateway-services/web',
    '/v1/health/ingress/web',
    '/v1/acl/list',
    '/v1/none',
    '/v1/kv',
    '/v1//catalog/nodes',
  ])
  const wrong = fc
    .tuple(
      of(['POST', 'PUT', 'DELETE', 'OPTIONS']),
      of(['/v1/catalog/nodes', '/v1/health/service/web', '/v1/session/list']),
    )
    .map(([method, path]): Exchange => ({ method, path }))
  return fc.oneof(
    fire,
    status.map(path => get(path)),
    wrong,
  )
}
