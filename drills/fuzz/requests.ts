import * as fc from 'fast-check'
import { endpoints } from '../../tools/consul-api/document.ts'

/** A request by HTTP. */
export interface FuzzRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly body?: string
  readonly headers: Readonly<Record<string, string>>
}

const NATIVE_PATHS = [
  'services',
  'services/NAME',
  'services/NAME/watchers',
  'services/NAME/history',
  'services/NAME/instances/NAME',
  'services/NAME/instances/NAME/renew',
  'services/NAME/instances/NAME/drain',
  'instances',
  'status',
  'session',
  'nothing/of/that/kind',
]

const NATIVE_FIELDS = [
  'endpoints',
  'weight',
  'zone',
  'version',
  'tags',
  'metadata',
  'startedAt',
  'ttlMs',
  'drainMs',
  'status',
  'id',
  '__proto__',
]

/** Neither addresses nor URLs, which the daemon would ask for the checks. */
const CONSUL_FIELDS =
  'ID Name Node Address Service ServiceID ServiceName Check Checks CheckID TTL Tags Meta NodeMeta TaggedAddresses Weights Passing Warning Status Output Notes KV Verb Key Value Flags Index Session Behavior LockDelay Port Datacenter Template Regexp Failover Token DNS Near OnlyPassing EnableTagOverride Policies Rules AliasService DeregisterCriticalServiceAfter Interval Timeout'.split(
    ' ',
  )

/** Parameters of a query. A blocking one waits for no more than a moment. */
const PARAMETERS =
  'passing tag=a tag= near=_agent near=x dc=dc1 dc=other stale consistent cached pretty recurse raw keys separator=/ cas=0 cas=x flags=1 flags=-1 acquire=x release=y index=0 index=1&wait=1ms index=-1&wait=1ms index=x index=18446744073709551616 index=18446744073709551615&wait=1ms wait=x hash=1 node-meta=a:b node-meta=x filter=a token=x observer watch=x id=x enable=true enable=x reason=%ff format=x q=%00 %'.split(
    ' ',
  )

const NAMES = [
  'users',
  'web',
  'a',
  '.',
  '..',
  '%2e%2e',
  '%2f',
  '%',
  '%zz',
  '%ff%fe',
  '%00',
  '%f0%9f%9a%a2',
  'x'.repeat(300),
  '',
  ' ',
  '__proto__',
  '_',
  '\u00fc',
]

/** What is hard to take for a value. */
const ODD: readonly unknown[] = [
  null,
  true,
  '',
  'a',
  'web',
  '5s',
  '-5s',
  '1h',
  0,
  -1,
  1.5,
  1e300,
  2 ** 53,
  [],
  {},
  [null],
  'tcp://127.0.0.1:1',
  '\u0000',
  '\ud800',
]

/** A JSON value, somewhat as the API `fields` belong to would have it. */
export function valueOf(fields: readonly string[]): fc.Arbitrary<unknown> {
  return fc.letrec<{ node: unknown }>(tie => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(...ODD),
      fc.string(),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...fields), tie('node'), { maxKeys: 6, noNullPrototype: true }),
    ),
  })).node
}

/** Requests to the native REST API. */
export const nativeRequests: fc.Arbitrary<FuzzRequest> = requestsOf({
  paths: NATIVE_PATHS.map(path => `/api/v1/${path}`),
  methods: ['GET', 'PUT', 'PATCH', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PURGE'],
  fields: NATIVE_FIELDS,
})

/** Requests to every endpoint of the Consul API. */
export const consulRequests: fc.Arbitrary<FuzzRequest> = requestsOf({
  paths: endpoints().map(({ path }) => (path.endsWith('/') ? `${path}NAME` : path)),
  methods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS'],
  fields: CONSUL_FIELDS,
})

interface Api {
  readonly paths: readonly string[]
  readonly methods: readonly string[]
  readonly fields: readonly string[]
}

function requestsOf({ paths, methods, fields }: Api): fc.Arbitrary<FuzzRequest> {
  const body = fc.oneof(
    { arbitrary: valueOf(fields).map(value => JSON.stringify(value) ?? ''), weight: 5 },
    { arbitrary: fc.string(), weight: 1 },
    { arbitrary: fc.constantFrom('{"a":', '[[[[', 'nul', '\ufeff{}', '{"a":1,"a":2}', '9'.repeat(400)), weight: 1 },
  )
  const headers = fc.dictionary(
    fc.constantFrom(
      'ropewalk-lease',
      'content-type',
      'x-consul-token',
      'if-none-match',
      'last-event-id',
      'accept-encoding',
      'authorization',
    ),
    fc.constantFrom('x', '', 'gzip', 'text/html', 'Bearer x', '"1.2"', '0.0', ','),
    { maxKeys: 2, noNullPrototype: true },
  )
  const query = fc
    .array(fc.constantFrom(...PARAMETERS), { maxLength: 3 })
    .map(parts => (parts.length > 0 ? `?${parts.join('&')}` : ''))
  const parts = fc.record({
    method: fc.constantFrom(...methods),
    path: fc.constantFrom(...paths),
    names: fc.array(fc.constantFrom(...NAMES), { minLength: 2, maxLength: 2 }),
    query,
    body,
    headers,
  })
  return parts.map(requestOf)
}

interface Parts {
  readonly method: string
  readonly path: string
  readonly names: readonly string[]
  readonly query: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

function requestOf({ method, path, names: [first = '', second = ''], query, body, headers }: Parts): FuzzRequest {
  const named = path.replace('NAME', first).replace('NAME', second)
  const request = { method, path: encodeURI(named).replaceAll('%25', '%') + query, headers }
  return method === 'GET' || method === 'HEAD' ? request : { ...request, body }
}
