import type { Exchange } from '../exchange.ts'
import { filter, get, put, register } from '../requests.ts'

const SESSION = '11111111-1111-1111-1111-111111111111'

/** A service written to the catalog, on a node of its own. */
const catalogued = (Service: object): Exchange =>
  put('/v1/catalog/register', { Node: 'mesh1', Address: '10.9.0.1', Service })

const PROXY = {
  DestinationServiceName: 'web',
  DestinationServiceID: 'web1',
  LocalServiceAddress: '127.0.0.1',
  LocalServicePort: 80,
  Config: { a: 1 },
  Upstreams: [{ DestinationName: 'db', LocalBindPort: 9191 }],
}

const DB = { DestinationName: 'db', LocalBindPort: 1 }

/** Each is refused: for what it says, or for how. */
const BAD_PROXIES: readonly object[] = [
  {
    Kind: 'connect-proxy',
    Port: 5,
    Proxy: {
      DestinationServiceName: 'a',
      Upstreams: [
        { ...DB, DestinationName: '' },
        { ...DB, LocalBindPort: 0 },
        DB,
        { ...DB, LocalBindPort: 2 },
        { ...DB, DestinationName: 'other' },
        { ...DB, DestinationType: 'bogus' },
      ],
    },
  },
  {
    Kind: 'connect-proxy',
    Port: 5,
    Proxy: {
      DestinationServiceName: '*',
      Expose: {
        Paths: [{ Path: '' }, { Path: '/a', ListenerPort: 70_000 }, { Path: '/a', ListenerPort: 5 }],
      },
    },
  },
  {
    Kind: 'mesh-gateway',
    Proxy: { ...PROXY, Upstreams: [DB] },
  },
  { Kind: 'ingress-gateway', Proxy: { LocalServicePort: 5 } },
  { Proxy: 5 },
  { Proxy: { LocalServicePort: 'x' } },
  { Proxy: { Upstreams: 5 } },
  { Proxy: { Upstreams: [5] } },
  { Proxy: { Upstreams: [{ LocalBindPort: 'x' }] } },
  { Proxy: { Expose: { Paths: 5 } } },
  { Proxy: { Expose: { Paths: [5] } } },
  { Proxy: { Expose: { Paths: [{ Bogus: 5 }] } } },
  { Proxy: { MeshGateway: { Mode: 5 } } },
  { Connect: 5 },
  { Connect: { Native: 5 } },
]

const SNAKES = {
  Kind: 'connect-proxy',
  Port: 5,
  Proxy: {
    destination_service_name: 'web',
    local_service_port: 80,
    Upstreams: [{ destination_name: 'near', destination_type: 'prepared_query', local_bind_port: 5 }, DB],
    Expose: { Checks: true, Paths: [{ path: '/a', listener_port: 5, local_path_port: 6, Protocol: 'HTTP2' }] },
  },
}

const sidecar = (SidecarService: unknown, more: object = {}) =>
  register({ Name: 'sw', Port: 80, ...more, Connect: { SidecarService } })

const SIDECARS: readonly Exchange[] = [
  sidecar({}, { Address: '127.0.0.1', Tags: ['a'], Meta: { k: 'v' } }),
  sidecar({}, { ID: 'sw2' }),
  register({ Name: 'sw3', connect: { sidecar_service: { port: 5, proxy: { Upstreams: [DB] }, Tags: ['b'] } } }),
  sidecar({ Kind: 'mesh-gateway', Name: 'side', Proxy: { Config: { a: 1 } } }, { Name: 'sw4' }),
  sidecar({ Check: { TTL: '10s' } }, { Name: 'sw5' }),
  sidecar({ ID: 'x', Connect: { SidecarService: {} } }),
  sidecar({}, { Kind: 'mesh-gateway' }),
  sidecar({ Check: { TTL: '10s', Interval: '1s' } }),
  sidecar({ Checks: [{ TTL: '10s', Status: 'x' }] }),
  sidecar({ Meta: { 'consul-x': 'y' } }),
  sidecar({ Bogus: 1 }),
  sidecar({ Port: 'x' }),
  sidecar(5),
  sidecar({}, { Name: '' }),
  sidecar(null, { Name: 'sw2', ID: 'sw2' }),
  get('/v1/agent/services'),
  get('/v1/agent/service/sw-sidecar-proxy'),
  get('/v1/agent/checks', {
    until: body =>
      body['service:sw3-sidecar-proxy:2']?.Output !== '' && body['service:sw-sidecar-proxy:2']?.Output !== '',
    seesOnlyRefusals: true,
  }),
  get('/v1/health/connect/sw', { until: body => body.length === 2, seesOnlyRefusals: true }),
  put('/v1/agent/service/deregister/sw2-sidecar-proxy'),
  sidecar({}, { Name: 'sw6', Address: '::1' }),
  ...['sw', 'sw2', 'sw3', 'sw4', 'sw5', 'sw6'].flatMap(id => [
    put(`/v1/agent/service/deregister/${id}`),
    get('/v1/agent/services'),
  ]),
]

const txn = (...operations: object[]): Exchange => put('/v1/txn', operations)
const node = (Verb: string, Node: object) => ({ Node: { Verb, Node } })
const service = (Verb: string, Service: object, Node = 't1') => ({ Service: { Verb, Node, Service } })
const check = (Verb: string, Check: object) => ({ Check: { Verb, Check: { Node: 't1', ...Check } } })
const key = (Verb: string) => ({ KV: { Verb, Key: 't/a', Value: 'MQ==' } })

const ID = '22222222-2222-2222-2222-222222222222'

const TRANSACTIONS: readonly Exchange[] = [
  txn(node('set', { Node: 't1', Address: '10.0.0.1', ID, Meta: { a: 'b' } })),
  txn(node('get', { Node: 't1' })),
  txn(node('get', { ID })),
  txn(node('get', { Node: 'nope' })),
  txn(node('set', {}), node('delete', {})),
  txn(node('cas', { Node: 't1', Address: '10.0.0.9', ModifyIndex: 1 })),
  txn(node('bogus', { Node: 't1' })),
  txn(service('set', { ID: 'w', Service: 'web', Port: 80, Tags: ['a'], Weights: { Passing: 2, Warning: 1 } })),
  txn(service('set', { ID: 'w3' })),
  txn(service('set', { Service: 'web' }, 'nope')),
  txn(service('get', { ID: 'w' })),
  txn(service('get', { ID: 'none' })),
  txn(service('cas', { ID: 'w', Service: 'web', ModifyIndex: 1 })),
  txn(service('delete-cas', { ID: 'w', Service: 'web', ModifyIndex: 1 })),
  txn(service('bogus', { ID: 'w', Service: 'web' })),
  txn(check('set', { CheckID: 'c1', Name: 'c one', Status: 'passing' })),
  txn(check('set', { CheckID: 'c2', Status: 'warning', ServiceID: 'w' })),
  txn(check('set', { CheckID: 'c3', ServiceID: 'none' })),
  txn(check('set', { CheckID: 'c3', Node: 'nope' })),
  txn(check('get', { CheckID: 'c1' })),
  txn(check('get', { CheckID: 'zz' })),
  txn(check('cas', { CheckID: 'c1', ModifyIndex: 1 })),
  txn(check('delete-cas', { CheckID: 'c1', ModifyIndex: 1 })),
  txn(check('bogus', { CheckID: 'c1' })),
  get('/v1/health/service/web?filter=Node.Node%20%3D%3D%20t1'),
  txn(key('set'), node('set', { Node: 't9', Address: '1.1.1.1' }), service('get', { ID: 'none' })),
  get('/v1/kv/t/a'),
  get('/v1/catalog/node/t9'),
  txn(key('set'), node('set', { Node: 't9', Address: '1.1.1.1' }), service('set', { Service: 's' }, 't9'), key('get')),
  get('/v1/catalog/node/t9'),
  txn({ Bogus: {} }),
  txn({ Node: { Verb: 'get', Node: { Bogus: 1 } } }),
  txn(check('delete', { CheckID: 'c2' }), service('delete', { ID: 'w', Service: 'web' })),
  txn(node('delete', { Node: 't1' }), node('delete', { Node: 't9' }), key('delete')),
  txn(node('delete', { Node: 't1' })),
  get('/v1/catalog/node/t1'),
]

/** About proxies, which are data here, weights that the catalog does not take, and writes to another data centre. */
export const PROXIES_EXCHANGES: Readonly<Record<string, readonly Exchange[]>> = {
  'proxies in the catalog': [
    catalogued({ ID: 'p1', Kind: 'connect-proxy', Service: 'web-proxy', Port: 5, Proxy: PROXY }),
    catalogued({ ID: 'n1', Service: 'native', Port: 5, Connect: { Native: true } }),
    catalogued({ ID: 'p2', Kind: 'connect-proxy', Service: 'web-proxy' }),
    catalogued({ ID: 'p3', Kind: 'connect-proxy', Service: 'web-proxy', Port: 5 }),
    catalogued({ ID: 'g1', Kind: 'mesh-gateway', Service: 'gateway' }),
    catalogued({ ID: 'g2', Kind: 'mesh-gateway', Service: 'gateway', Port: 443 }),
    get('/v1/health/service/web-proxy'),
    get('/v1/catalog/service/web-proxy'),
    get('/v1/catalog/node/mesh1'),
    get('/v1/catalog/node-services/mesh1'),
    get('/v1/health/connect/web'),
    get('/v1/health/connect/native'),
    get('/v1/health/connect/'),
    get('/v1/health/ingress/web'),
    get('/v1/catalog/connect/web'),
    get('/v1/catalog/connect/native'),
    get('/v1/catalog/connect/none'),
    filter('/v1/catalog/connect/web', 'ServiceProxy.DestinationServiceName == "web"'),
    filter('/v1/health/service/web-proxy', 'Service.Kind == "connect-proxy"'),
    filter('/v1/health/service/native', 'Service.Connect.Native == true'),
    put('/v1/catalog/deregister', { Node: 'mesh1' }),
    get('/v1/health/connect/web'),
  ],
  'proxies at the agent': [
    register({ Name: 'ap', Kind: 'connect-proxy', Port: 9, Proxy: { DestinationServiceName: 'web' } }),
    register({ Name: 'ap2', Kind: 'connect-proxy', Port: 9 }),
    register({
      Name: 'ap3',
      Kind: 'connect-proxy',
      Proxy: { DestinationServiceName: 'web' },
      Connect: { Native: true },
    }),
    register({ Name: 'ap4', Port: 9, Connect: { Native: true } }),
    get('/v1/agent/service/ap'),
    get('/v1/agent/service/ap4'),
    get('/v1/health/service/ap4', { until: body => body.length > 0 }),
    get('/v1/health/connect/web', { until: body => body.length > 0 }),
    put('/v1/agent/service/deregister/ap'),
    put('/v1/agent/service/deregister/ap4'),
  ],
  'proxies that cannot be': [
    ...BAD_PROXIES.map(fields => register({ ...fields, Name: 'bad' })),
    ...BAD_PROXIES.map(fields => catalogued({ ...fields, Service: 'bad' })),
    register({ Name: 'ta', TaggedAddresses: { lan_ipv4: { Address: 'x', Port: 1 } } }),
    register({ Name: 'ta', TaggedAddresses: { wan_ipv4: { Address: '::1', Port: 1 } } }),
    register({ Name: 'ta', TaggedAddresses: { lan_ipv6: { Address: '1.2.3.4', Port: 1 } } }),
    register({ Name: 'ta', TaggedAddresses: { wan_ipv6: { Address: '1.2.3.4', Port: 1 } } }),
    put('/v1/agent/service/deregister/ta'),
  ],
  'proxies with names of fields in underscores': [
    register({ Name: 'snake', ...SNAKES }),
    catalogued({ ID: 'snake1', Service: 'snake', ...SNAKES }),
    get('/v1/agent/service/snake'),
    get('/v1/catalog/node/mesh1'),
    put('/v1/agent/service/deregister/snake'),
    put('/v1/catalog/deregister', { Node: 'mesh1' }),
  ],
  sidecars: SIDECARS,
  'weights that the catalog does not take': [
    catalogued({ Service: 'zw', Weights: { Passing: 0, Warning: 0 } }),
    get('/v1/health/service/zw'),
    catalogued({ Service: 'zw', Weights: { Passing: -1, Warning: 70_000 } }),
    get('/v1/health/service/zw'),
    catalogued({ Service: 'zw', Weights: { Passing: 3, Warning: 2 } }),
    get('/v1/health/service/zw'),
    catalogued({ Service: 'zw', Weights: { Warning: 5 } }),
    get('/v1/catalog/service/zw'),
    put('/v1/catalog/deregister', { Node: 'mesh1', Bogus: 1 }),
    put('/v1/catalog/deregister', { Node: 'mesh1', Address: '10.9.0.1' }),
  ],
  'transactions on nodes, services and checks': TRANSACTIONS,
  'writes to another data centre': [
    put('/v1/session/create?dc=dc2', {}),
    put(`/v1/session/destroy/${SESSION}?dc=dc2`),
    put(`/v1/session/renew/${SESSION}?dc=dc2`),
    put('/v1/event/fire/x?dc=dc2'),
    { method: 'POST', path: '/v1/query?dc=dc2', body: { Name: 'q', Service: { Service: 'x' } } },
    put(`/v1/query/${SESSION}?dc=dc2`, { Name: 'q', Service: { Service: 'x' } }),
    { method: 'DELETE', path: `/v1/query/${SESSION}?dc=dc2` },
    put('/v1/txn?dc=dc2', []),
    put('/v1/kv/k?dc=dc2', 'v'),
    put('/v1/catalog/register', { Datacenter: 'dc2', Node: 'a', Address: '1.1.1.1' }),
    get('/v1/status/leader?dc=dc2'),
    get('/v1/status/peers?dc=dc2'),
  ],
}
