import type { Exchange, Json } from '../exchange.ts'
import { get, put, register } from '../requests.ts'

/** Some are right, some are not, and some are what nobody would expect of Go. */
const TEXTS = [
  '10s',
  '',
  '10',
  '-10s',
  '1d',
  ' 10s',
  '1e3s',
  '+10s',
  '.5s',
  '1.s',
  '.',
  's',
  '0',
  '10S',
  '10s5',
  '10s 5s',
  '10ä',
  '1.99999999999999999999999s',
  '0.1ns',
  '2562047h',
  '2562048h',
  '9223372037s',
  '99999999999999999999s',
]

const NUMBERS = [10, 10.5, 0.5, -10, 1e30, 9007199254740992, 9223372036854774000]

/** Written as JSON, for not all of them are numbers that JavaScript has. */
const OTHERS = ['9007199254740993', '9223372036854775807', 'true', 'null', '["10s"]', '{}']

const VALUES = [TEXTS, NUMBERS]
  .flat()
  .map(value => JSON.stringify(value))
  .concat(OTHERS)

const NODE = '"Node":"timed","Address":"10.8.0.1"'

/** About durations in all the places where a client can say one. */
export const DURATIONS_EXCHANGES: Readonly<Record<string, readonly Exchange[]>> = {
  'durations of checks': [
    ...VALUES.map(value => register(`{"Name":"timed","Check":{"TTL":${value}}}`)),
    ...VALUES.map(value => put('/v1/agent/check/register', `{"Name":"timed","TTL":"1h","Timeout":${value}}`)),
    register({ Name: 'timed', Check: { HTTP: 'http://127.0.0.1:1', Interval: '' } }),
    register({ Name: 'timed', Check: { TTL: '1h', DeregisterCriticalServiceAfter: '' } }),
    register({ Name: 'timed', Check: { TTL: '1h', deregister_critical_service_after: '' } }),
    register({ Name: 'timed', Checks: [{ TTL: '' }] }),
    put('/v1/agent/check/deregister/timed'),
    put('/v1/agent/service/deregister/timed'),
  ],
  'durations in the catalog': [
    ...VALUES.flatMap(value => [
      put('/v1/catalog/register', `{${NODE},"Check":{"Name":"timed","Definition":{"Interval":${value}}}}`),
      get('/v1/health/node/timed'),
    ]),
    put('/v1/txn', [{ Check: { Verb: 'set', Check: { Node: 'timed', Name: 'x', Definition: { Timeout: '' } } } }]),
    put('/v1/catalog/deregister', { Node: 'timed' }),
  ],
  'durations of sessions': VALUES.flatMap((value, at) =>
    ['TTL', 'LockDelay'].flatMap(name => [
      put('/v1/session/create', `{"${name}":${value}}`, {
        keep: { [`${name}${at}`]: (body: Json) => body?.ID ?? '' },
      }),
      get(`/v1/session/info/$${name}${at}`),
      put(`/v1/session/destroy/$${name}${at}`),
    ]),
  ),
  'durations of queries and waits': [
    ...TEXTS.flatMap((ttl, at) => [
      {
        method: 'POST',
        path: '/v1/query',
        body: { Name: `timed${at}`, Service: { Service: 'a' }, DNS: { TTL: ttl } },
        keep: { [`timed${at}`]: (body: Json) => body?.ID ?? '' },
      },
      { method: 'DELETE', path: `/v1/query/$timed${at}` },
    ]),
    ...TEXTS.flatMap(text => [
      get(`/v1/catalog/nodes?wait=${encodeURIComponent(text)}`),
      get(`/v1/catalog/nodes?max_stale=${encodeURIComponent(text)}`),
    ]),
  ],
}
