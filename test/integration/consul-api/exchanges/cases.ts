import type { Exchange, Json } from '../exchange.ts'
import { filter, get, put, register } from '../requests.ts'

const kept = (name: string) => ({ keep: { [name]: (body: Json) => body?.ID ?? '' } })

const external = (node: string, more: object) =>
  put('/v1/catalog/register', { Node: node, Address: '10.9.0.1', ...more })

const READS: readonly Exchange[] = [
  ...['Cased', 'cased', 'CASED'].flatMap(name => [
    get(`/v1/health/service/${name}`),
    get(`/v1/health/service/${name}?passing`),
    get(`/v1/health/checks/${name}`),
    get(`/v1/health/connect/${name}`),
    get(`/v1/catalog/service/${name}`),
    get(`/v1/catalog/connect/${name}`),
    filter(`/v1/catalog/service/${name}`, 'ServiceName == cased'),
    get(`/v1/agent/health/service/name/${name}`),
  ]),
  ...['Cased-1', 'cased-1', 'CASED-1'].flatMap(name => [
    get(`/v1/health/node/${name}`),
    get(`/v1/catalog/node/${name}`),
    get(`/v1/catalog/node-services/${name}`),
    get(`/v1/agent/service/${name}`),
    get(`/v1/agent/health/service/id/${name}`),
    get(`/v1/session/node/${name}`),
  ]),
  get('/v1/catalog/nodes'),
  get('/v1/catalog/services'),
  get('/v1/health/state/any'),
  get('/v1/health/state/PASSING'),
]

/** About names and ids that differ by case alone. */
export const CASES_EXCHANGES: Readonly<Record<string, readonly Exchange[]>> = {
  'case in the catalog': [
    external('Cased-1', { Service: { Service: 'Cased', ID: 'Db-1' }, Check: { CheckID: 'Alive', ServiceID: 'Db-1' } }),
    ...READS,
    external('cased-1', { Service: { Service: 'cased', ID: 'db-1' } }),
    ...READS,
    external('CASED-1', { SkipNodeUpdate: true, Check: { CheckID: 'ALIVE', Status: 'passing', ServiceID: 'DB-1' } }),
    external('CASED-1', { SkipNodeUpdate: true, Check: { Node: 'cased-1', CheckID: 'ALIVE' } }),
    ...READS,
    external('cased-0', { Service: { Service: 'CASED', ID: 'x' } }),
    external('Cased-2', { Service: { Service: 'cased', ID: 'b' } }),
    external('Cased-2', { Service: { Service: 'cased', ID: 'A' } }),
    external('cased-2b', { Checks: [{ CheckID: 'b' }, { CheckID: 'A' }, { CheckID: 'Cc' }] }),
    external('p', {
      Service: { Kind: 'connect-proxy', Service: 'Px', Port: 80, Proxy: { DestinationServiceName: 'Cased' } },
    }),
    external('p', { Service: { Service: 'Native', Port: 80, Connect: { Native: true } } }),
    get('/v1/health/connect/native'),
    ...READS,
    get('/v1/catalog/node-services/CASED-2'),
    get('/v1/health/node/CASED-2B'),
    get('/v1/health/service/cased?near=N0'),
    put('/v1/txn', [
      { Node: { Verb: 'get', Node: { Node: 'CASED-1' } } },
      { Service: { Verb: 'get', Node: 'CASED-2', Service: { ID: 'B' } } },
      { Check: { Verb: 'get', Check: { Node: 'CASED-1', CheckID: 'alive' } } },
      { Service: { Verb: 'set', Node: 'CASED-2', Service: { Service: 'Cased', ID: 'a' } } },
      { Check: { Verb: 'set', Check: { Node: 'CASED-2', CheckID: 'y', Status: 'critical' } } },
    ]),
    ...READS,
    put('/v1/catalog/deregister', { Node: 'CASED-1', CheckID: 'aLIVE' }),
    put('/v1/catalog/deregister', { Node: 'CASED-1', ServiceID: 'DB-1' }),
    ...READS,
    filter('/v1/catalog/node-services/cased-1', 'Service == none'),
    ...['CASED-1', 'CASED-0', 'CASED-2', 'CASED-2B', 'P'].map(Node => put('/v1/catalog/deregister', { Node })),
    ...READS,
  ],
  'case at the agent': [
    register({ Name: 'Cased', ID: 'Cased-1', Port: 80, Check: { CheckID: 'Ck', TTL: '1h', Status: 'passing' } }),
    get('/v1/health/checks/Cased', { until: (body: Json) => body.length === 1 }),
    ...READS,
    put('/v1/agent/check/fail/ck'),
    put('/v1/agent/check/deregister/ck'),
    put('/v1/agent/service/maintenance/cased-1?enable=true'),
    put('/v1/agent/service/deregister/cased-1'),
    put('/v1/agent/check/register', { Name: 'other', ServiceID: 'cased-1', TTL: '1h' }),
    put('/v1/session/create', { Checks: ['serfHealth', 'cK'], LockDelay: '0s' }, kept('a')),
    get('/v1/session/node/N0'),
    put('/v1/agent/check/fail/Ck'),
    get('/v1/session/node/N0', { until: (body: Json) => body.length === 0 }),
    put('/v1/agent/service/deregister/Cased-1'),
    get('/v1/health/checks/Cased', { until: (body: Json) => body.length === 0 }),
    get('/v1/agent/checks'),
  ],
  'case of sessions and queries': [
    external('Cased-1', { Service: { Service: 'Cased', ID: 'a' } }),
    put('/v1/session/create', { Node: 'CASED-1', Checks: [], LockDelay: '0s' }, kept('b')),
    get('/v1/session/node/cased-1'),
    put('/v1/kv/Cased', 'x'),
    get('/v1/kv/cased'),
    get('/v1/kv/Cased?raw'),
    { method: 'POST', path: '/v1/query', body: { Name: 'Cased', Service: { Service: 'CASED' } }, ...kept('q') },
    { method: 'POST', path: '/v1/query', body: { Name: 'cASED', Service: { Service: 'CASED' } } },
    get('/v1/query/CASED/explain'),
    { method: 'DELETE', path: '/v1/query/$q' },
    {
      method: 'POST',
      path: '/v1/query',
      body: { Name: 'Pre', Service: { Service: '${name.suffix}' }, Template: { Type: 'name_prefix_match' } },
      ...kept('t'),
    },
    get('/v1/query/PreCased/explain'),
    get('/v1/query/precased/explain'),
    { method: 'DELETE', path: '/v1/query/$t' },
    put('/v1/catalog/deregister', { Node: 'cASED-1' }),
    get('/v1/session/info/$b'),
    { method: 'DELETE', path: '/v1/kv/Cased' },
  ],
}
