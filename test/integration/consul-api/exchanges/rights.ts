import type { Exchange, Json } from '../exchange.ts'
import { get, put } from '../requests.ts'

/** The token by which everything is allowed on both sides. */
export const MASTER = '11111111-1111-1111-1111-111111111111'

/** Rules by the names of the tokens that have them. */
const RULES: Readonly<Record<string, string>> = {
  web: `service_prefix "web" { policy = "write" } node_prefix "" { policy = "read" } key_prefix "web/" { policy = "write" }
    session "n0" { policy = "write" } agent "n0" { policy = "read" } event_prefix "web" { policy = "write" }
    query_prefix "web" { policy = "write" }`,
  nodeless: 'service_prefix "" { policy = "read" }',
  reader: `service_prefix "" { policy = "read" } node_prefix "" { policy = "read" } key_prefix "" { policy = "read" }
    session_prefix "" { policy = "read" } event_prefix "" { policy = "read" } query_prefix "" { policy = "read" }
    agent_prefix "" { policy = "read" }`,
  but: `service_prefix "" { policy = "read" } service "pay" { policy = "deny" } node_prefix "" { policy = "read" }
    key_prefix "" { policy = "write" } key "web/secret" { policy = "deny" } node "n1" { policy = "write" }`,
  operator: 'operator = "read" acl = "read" agent_prefix "" { policy = "write" } node "n0" { policy = "write" }',
  nothing: '',
}

/** A token that nobody made is shown by who guesses. */
const GUESS = 'aaaaaaaa-bbbb-cccc-dddd-ffffffffffff'

const secretOf = (index: number, part: string) => `aaaaaaaa-bbbb-cccc-dddd-${part.repeat(11)}${index}`

const NAMES = [...Object.keys(RULES), 'identity']

const SECRETS = new Map(NAMES.map((name, index) => [name, secretOf(index, 'e')]))

/** The exchange as somebody does it; nobody shows no token. */
const as = (who: string, exchange: Exchange): Exchange => {
  const token = who === 'master' ? MASTER : who === 'guess' ? GUESS : SECRETS.get(who)
  return token === undefined ? exchange : { ...exchange, headers: { 'x-consul-token': token } }
}

const idOf = ({ ID }: Json): string => ID

const AccessorID = (name: string) => secretOf(NAMES.indexOf(name), 'a')

const TOKENS = [
  ...Object.entries(RULES).flatMap(([name, Rules]) => [
    as('master', put('/v1/acl/policy', { Name: name, Rules }, { keep: { [`policy_${name}`]: idOf } })),
    as(
      'master',
      put('/v1/acl/token', { AccessorID: AccessorID(name), SecretID: SECRETS.get(name), Policies: [{ Name: name }] }),
    ),
  ]),
  as(
    'master',
    put('/v1/acl/token', {
      AccessorID: AccessorID('identity'),
      SecretID: SECRETS.get('identity'),
      ServiceIdentities: [{ ServiceName: 'web-1' }],
      NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
    }),
  ),
]

const catalog = (body: object) => put('/v1/catalog/register', body)
const service = (Name: string, more: object = {}) => put('/v1/agent/service/register', { Name, ...more })

/** What there is to be seen. */
const WORLD: readonly Exchange[] = [
  catalog({ Node: 'n1', Address: '10.0.0.1', Service: { Service: 'web-1', Tags: ['t'], Port: 1 } }),
  catalog({
    Node: 'n1',
    Address: '10.0.0.1',
    Service: { Service: 'pay', Port: 2 },
    Check: { Name: 'alive', ServiceID: 'pay', Status: 'passing' },
  }),
  catalog({ Node: 'n1', Address: '10.0.0.1', Check: { Name: 'disk', Status: 'warning' } }),
  service('web-2', { Check: { TTL: '1h', Status: 'passing' } }),
  service('pay', { ID: 'pay-own', Check: { TTL: '1h', Status: 'warning' } }),
  get('/v1/catalog/services', { until: body => 'web-2' in body && 'pay' in body }),
  get('/v1/health/state/any', { until: body => body.length >= 5 }),
  put('/v1/kv/web/a', 'x'),
  put('/v1/kv/web/secret', 'x'),
  put('/v1/kv/pay/a', 'x'),
  put('/v1/session/create', { Name: 'here' }, { keep: { session_here: idOf } }),
  put('/v1/session/create', { Name: 'there', Node: 'n1', NodeChecks: [] }, { keep: { session_there: idOf } }),
  {
    method: 'POST',
    path: '/v1/query',
    body: { Name: 'web', Service: { Service: 'web-1' } },
    keep: { query_web: idOf },
  },
  {
    method: 'POST',
    path: '/v1/query',
    body: { Name: 'pay', Token: MASTER, Service: { Service: 'pay' } },
    keep: { query_pay: idOf },
  },
].map(exchange => as('master', exchange))

const READS = [
  '/v1/catalog/datacenters',
  '/v1/catalog/nodes',
  '/v1/catalog/services',
  '/v1/catalog/service/web-1',
  '/v1/catalog/service/pay',
  '/v1/catalog/service/none',
  '/v1/catalog/node/n1',
  '/v1/catalog/node/none',
  '/v1/catalog/node-services/n1',
  '/v1/health/service/web-1',
  '/v1/health/service/pay?passing',
  '/v1/health/checks/pay',
  '/v1/health/checks/web-2',
  '/v1/health/node/n1',
  '/v1/health/state/any',
  '/v1/health/state/warning',
  '/v1/agent/services',
  '/v1/agent/checks',
  '/v1/agent/service/pay-own',
  '/v1/agent/service/none',
  '/v1/agent/health/service/id/pay-own',
  '/v1/agent/health/service/id/none',
  '/v1/agent/health/service/name/pay',
  '/v1/agent/health/service/name/none',
  '/v1/kv/web/a',
  '/v1/kv/web/secret',
  '/v1/kv/none',
  '/v1/kv/?recurse',
  '/v1/kv/web/?recurse',
  '/v1/kv/?keys',
  '/v1/kv/?keys&separator=/',
  '/v1/kv/p?keys',
  '/v1/session/list',
  '/v1/session/node/n1',
  '/v1/session/info/$session_there',
  '/v1/event/list',
  '/v1/query',
  '/v1/query/$query_web',
  '/v1/query/$query_pay',
  '/v1/query/web/explain',
  '/v1/query/web/execute',
  '/v1/query/none/execute',
  '/v1/status/leader',
]

/** Those of which only the status and the text of a refusal are compared: each tells of itself otherwise. */
const OWN_READS = [
  '/v1/agent/self',
  '/v1/agent/members',
  '/v1/agent/metrics',
  '/v1/agent/host',
  '/v1/agent/monitor?loglevel=bogus',
]

const kv = (Verb: string, Key: string) => ({ KV: { Verb, Key, Value: 'eA==' } })

/** What is refused, or done and undone, by each. */
const WRITES: readonly Exchange[] = [
  service('web-9'),
  put('/v1/agent/service/deregister/web-9'),
  service('pay'),
  service('web-3', { ID: 'pay-own' }),
  put('/v1/agent/service/deregister/pay-own'),
  put('/v1/agent/service/maintenance/pay-own?enable=true'),
  put('/v1/agent/service/deregister/pay-own-not'),
  put('/v1/agent/service/maintenance/pay-own-not?enable=true'),
  put('/v1/agent/check/register', { Name: 'of the node', TTL: '1h' }),
  put('/v1/agent/check/deregister/of%20the%20node'),
  put('/v1/agent/check/register', { Name: 'x', ServiceID: 'pay-own', TTL: '1h' }),
  put('/v1/agent/check/deregister/x'),
  put('/v1/agent/check/pass/service:pay-own'),
  put('/v1/agent/check/warn/service:pay-own'),
  put('/v1/agent/check/pass/none'),
  put('/v1/agent/maintenance?enable=true'),
  put('/v1/agent/maintenance?enable=false'),
  catalog({ Node: 'n1', Address: '10.0.0.1', Service: { Service: 'web-8' } }),
  put('/v1/catalog/deregister', { Node: 'n1', ServiceID: 'web-8' }),
  catalog({ Node: 'n1', Address: '10.0.0.1', Service: { ID: 'pay', Service: 'web-7' } }),
  catalog({ Node: 'n7', Address: '10.0.0.7' }),
  put('/v1/catalog/deregister', { Node: 'n7' }),
  put('/v1/catalog/deregister', { Node: 'n1', CheckID: 'none' }),
  put('/v1/kv/web/b', 'x'),
  put('/v1/kv/pay/b', 'x'),
  { method: 'DELETE', path: '/v1/kv/web/b' },
  { method: 'DELETE', path: '/v1/kv/pay/b' },
  { method: 'DELETE', path: '/v1/kv/web/x?recurse' },
  { method: 'DELETE', path: '/v1/kv/we?recurse' },
  put('/v1/kv/web/secret', 'x'),
  put('/v1/txn', [kv('set', 'web/c'), kv('set', 'pay/c')]),
  put('/v1/txn', [kv('delete', 'web/c'), kv('delete', 'pay/c')]),
  put('/v1/txn', [kv('get', 'web/a'), kv('get-tree', 'pay')]),
  put('/v1/txn', [kv('check-not-exists', 'pay/zz')]),
  put('/v1/session/create', { Node: 'n1', TTL: '1h' }),
  put('/v1/session/renew/$session_there'),
  put('/v1/session/destroy/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeee99'),
  put('/v1/event/fire/pay'),
  { method: 'POST', path: '/v1/query', body: { Name: 'pay-2', Service: { Service: 'pay' }, Session: 'x' } },
  put('/v1/query/$query_pay', { Name: 'pay', Service: { Service: '' } }),
  put('/v1/agent/token/nothing', { Token: '' }),
  put('/v1/agent/force-leave/none'),
  put('/v1/acl/role', { Name: 'more', Policies: [{ Name: 'web' }] }),
  put('/v1/acl/role/aaaaaaaa-0000-0000-0000-0000000000dd', { Name: 'more' }),
  { method: 'DELETE', path: '/v1/acl/role/aaaaaaaa-0000-0000-0000-0000000000dd' },
]

const ACL_READS = [
  '/v1/acl/policies',
  '/v1/acl/policy/$policy_web',
  '/v1/acl/policy/name/web',
  '/v1/acl/policy/name/none',
  '/v1/acl/roles',
  '/v1/acl/role/aaaaaaaa-0000-0000-0000-0000000000dd',
  '/v1/acl/role/name/none',
  '/v1/acl/replication',
]

/** Of a token that is none Consul says so at once, or first that there is no such query, or by 500. */
const isSame = (who: string) => (path: string) =>
  who !== 'guess' || !['/v1/query/none/execute', '/v1/event/fire/pay'].includes(path)

const refusalOnly = (path: string): Exchange => get(path, { seesOnlyRefusals: true })

/** Each with what there is first, then what each token sees and may do. */
export const RIGHTS_EXCHANGES: Readonly<Record<string, readonly Exchange[]>> = {
  'what there is': [...TOKENS, ...WORLD],
  ...Object.fromEntries(
    [...NAMES, 'nobody', 'master', 'guess'].flatMap(who => [
      [`what ${who} reads`, [...READS, ...ACL_READS].filter(isSame(who)).map(path => as(who, get(path)))],
      [`what ${who} is told of the agent`, OWN_READS.map(path => as(who, refusalOnly(path)))],
    ]),
  ),
  ...Object.fromEntries(
    [...NAMES, 'nobody', 'guess'].map(who => [
      `what ${who} writes`,
      WRITES.filter(({ path }) => isSame(who)(path)).map(exchange => as(who, exchange)),
    ]),
  ),
}
