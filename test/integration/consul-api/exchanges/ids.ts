import type { Exchange, Json } from '../exchange.ts'
import { get, put } from '../requests.ts'

const A = '11111111-2222-3333-4444-aaaaaaaaaaaa'
const B = '11111111-2222-3333-4444-bbbbbbbbbbbb'

const node = (ID: string, Node: string, more: object = {}) =>
  put('/v1/catalog/register', { ...(ID !== '' && { ID }), Node, Address: '10.6.0.1', ...more })

const onNode = (Verb: string, Node: object) => ({ Node: { Verb, Node } })

const NOT_IDS = [
  'zzzzzzzz-2222-3333-4444-dddddddddddd',
  '11111111+2222-3333-4444-dddddddddddd',
  '1111111122223333-4444--dddddddddddd-',
  '11111111-2222-3333-4444-ddddddddddd-',
  '11111111-2222-3333-4444-ddddddddddäd',
  '-----1111111111111111111111111111111',
  'zzz',
]

const kept = (name: string) => ({ keep: { [name]: (body: Json) => body?.ID ?? '' } })

/** About ids: of nodes, sessions and queries. */
export const IDS_EXCHANGES: Readonly<Record<string, readonly Exchange[]>> = {
  'ids of nodes': [
    node(A, 'first', { Service: { Service: 's' } }),
    ...[A, A.toUpperCase(), B].map(id => get(`/v1/catalog/node/${id}`)),
    node('', 'first'),
    get('/v1/catalog/nodes'),
    node(A, 'first'),
    node(A, 'FIRST'),
    get('/v1/catalog/node/first'),
    node(A, 'second'),
    get('/v1/catalog/nodes'),
    node(B, 'second'),
    node(A, 'n0'),
    node(B, 'N0'),
    node(B, 'N0', { SkipNodeUpdate: true }),
    node(A, 'third', { Check: { CheckID: 'serfHealth', Status: 'passing' } }),
    node(B, 'third'),
    node('', 'third', { SkipNodeUpdate: true, Check: { CheckID: 'serfHealth', Status: 'critical' } }),
    node(B, 'third'),
    get('/v1/catalog/nodes'),
    ...NOT_IDS.map(id => node(id, 'x')),
    put('/v1/txn', [onNode('set', { ID: 'zzz', Node: 'x' }), onNode('get', { ID: 'zzz' })]),
    put('/v1/txn', [onNode('get', { ID: 'zzz' }), onNode('get', { ID: B })]),
    put('/v1/txn', [onNode('set', { ID: A, Node: 'n0' })]),
    put('/v1/txn', [onNode('set', { ID: A, Node: 'fourth' }), onNode('set', { ID: A, Node: 'fifth' })]),
    get('/v1/catalog/nodes'),
    ...['first', 'second', 'third', 'fifth'].map(Node => put('/v1/catalog/deregister', { Node })),
  ],
  'ids of sessions and queries': [
    ...NOT_IDS.flatMap(id => [
      get(`/v1/session/info/${id}`),
      put(`/v1/session/renew/${id}`),
      put(`/v1/session/destroy/${id}`),
      get(`/v1/query/${id}`),
      get(`/v1/query/${id}/explain`),
      { method: 'DELETE', path: `/v1/query/${id}` },
      put(`/v1/kv/ids?acquire=${id}`, 'x'),
      put('/v1/txn', [{ KV: { Verb: 'lock', Key: 'ids', Session: id } }]),
      { method: 'POST', path: '/v1/query', body: { Name: 'a', Session: id, Service: { Service: 'a' } } },
    ]),
    put('/v1/session/create', { LockDelay: '0s' }, kept('s')),
    {
      method: 'POST',
      path: '/v1/query',
      body: { Name: 'bound', Session: '$s', Service: { Service: 'a' } },
      ...kept('q'),
    },
    get('/v1/query/bound/execute'),
    put('/v1/session/destroy/$s'),
    get('/v1/query'),
    get('/v1/query/bound/explain'),
  ],
}
