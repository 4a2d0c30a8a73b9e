import * as fc from 'fast-check'
import type { Exchange } from '../exchange.ts'
import { filterExpressions } from './random-filters.ts'
import { IDS, NODES, of, SERVICES, STATUSES } from './words.ts'

/** Reads of what there is. */
export function reads(): fc.Arbitrary<Exchange> {
  const service = of([...SERVICES, 'none', '', 'DB'])
  const node = of([...NODES, 'none', '', 'n0', 'N0', '11111111-2222-3333-4444-aaaaaaaaaaaa'])
  const path = fc.oneof(
    service.map(name => `/v1/health/service/${name}`),
    service.map(name => `/v1/catalog/service/${name}`),
    service.map(name => `/v1/health/checks/${name}`),
    service.map(name => `/v1/health/connect/${name}`),
    service.map(name => `/v1/catalog/connect/${name}`),
    node.map(name => `/v1/health/node/${name}`),
    node.map(name => `/v1/catalog/node/${name}`),
    node.map(name => `/v1/catalog/node-services/${name}`),
    of(['any', ...STATUSES, 'x', '']).map(name => `/v1/health/state/${name}`),
    of(['/v1/catalog/nodes', '/v1/catalog/services', '/v1/agent/services', '/v1/agent/checks']),
    of([...IDS, 'none']).map(id => `/v1/agent/health/service/id/${id}`),
    of(SERVICES).map(name => `/v1/agent/health/service/name/${name}`),
    of([...IDS, 'none']).map(id => `/v1/agent/service/${id}`),
  )
  return path
    .chain(text =>
      fc.tuple(
        fc.constant(text),
        readParameters(),
        text === '/v1/agent/checks'
          ? fc.constant(undefined)
          : fc.option(filterExpressions(text), { freq: 2, nil: undefined }),
      ),
    )
    .map(([text, parameters, expression]): Exchange => {
      const filter = expression === undefined ? undefined : `filter=${encodeURIComponent(expression)}`
      const query = [...parameters, filter].filter(part => part !== undefined).join('&')
      return { method: 'GET', path: query === '' ? text : `${text}?${query}` }
    })
}

function readParameters(): fc.Arbitrary<readonly string[]> {
  return fc.array(
    of([
      'dc=dc1',
      'dc=nope',
      'stale',
      'consistent',
      'tag=v1',
      'tag=v2',
      'tag=V1',
      'tag=',
      'passing',
      'passing=1',
      'passing=false',
      'passing=x',
      'node-meta=a:b',
      'node-meta=a',
      'node-meta=a:c',
      'index=0',
      'wait=1ms',
      'wait=x',
      'index=x',
      'format=text',
      'max_stale=1s',
      'max_stale=',
      'near=_agent',
      'near=n0',
      'near=N0',
      'near=none',
      'near=ext-1',
      'index=1&wait=10ms',
      'hash=x',
    ]),
    { maxLength: 2 },
  )
}
