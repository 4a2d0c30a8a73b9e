import * as fc from 'fast-check'
import type { Exchange, Json } from '../exchange.ts'
import { get, put } from '../requests.ts'
import { CHECKS, NODES, of, SESSIONS } from './words.ts'
import { spoiled } from './spoiled.ts'

const KEYS = ['a', 'a/b', 'a/b/c', 'a/', 'b', 'ä x', 'a%2Fb', '']

/** Present every other time. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

/** Requests about keys. */
export function keyRequests(): fc.Arbitrary<Exchange> {
  const key = of(KEYS)
  const parameters = fc
    .record({
      cas: maybe(of(['0', '1', '$index', 'x', ''])),
      flags: maybe(of(['0', '42', 'x', '18446744073709551615'])),
      acquire: maybe(of(['$s1', '$s2', 'none', ''])),
      release: maybe(of(['$s1', '$s2', 'none'])),
    })
    .map(queryString)
  const few = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 3, arbitrary: parameters })
  const keep = { index: (body: Json) => (Array.isArray(body) ? String(body[0]?.ModifyIndex ?? 1) : '1') }
  return fc.oneof(
    fc
      .tuple(key, few, of(['v', 'w', '', 'ü']))
      .map(([name, query, body]): Exchange => ({ method: 'PUT', path: `/v1/kv/${name}${query}`, body })),
    fc
      .tuple(key, of(['', '?recurse', '?cas=$index', '?cas=0', '?cas=1', '?recurse&cas=1']))
      .map(([name, query]): Exchange => ({ method: 'DELETE', path: `/v1/kv/${name}${query}` })),
    key
      .filter(name => name !== '' && name !== 'ä x')
      .map((name): Exchange => ({ method: 'GET', path: `/v1/kv/${name}`, keep })),
    fc
      .tuple(
        key,
        of([
          '?recurse',
          '?keys',
          '?keys&separator=/',
          '?keys&separator=b',
          '?raw',
          '?raw&recurse',
          '?keys&recurse',
          '?separator=/',
          '?keys&separator=',
          '?keys&separator=%2F&recurse',
          '?raw&keys',
          '?index=1&wait=10ms',
          '?recurse&index=1&wait=10ms',
          '?stale',
          '?consistent',
          '?dc=nope',
        ]),
      )
      .map(([name, query]): Exchange => ({ method: 'GET', path: `/v1/kv/${name}${query}` })),
  )
}

function queryString(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
  return given.length === 0 ? '' : `?${given.map(([name, value]) => `${name}=${value}`).join('&')}`
}

/** Requests about sessions. */
export function sessionRequests(): fc.Arbitrary<Exchange> {
  const body = fc.record(
    {
      Name: of(['l', '']),
      TTL: of(['1h', '', '5s', '25h', 'x', '0s', '-1s']),
      LockDelay: of(['0s', 0, '0', '', '0.1ns', true]),
      Behavior: of(['release', 'delete', 'x']),
      Node: of([...NODES, 'none', 'n0']),
      Checks: fc.array(of([...CHECKS, 'serfHealth', 'none']), { maxLength: 2 }),
      NodeChecks: fc.array(of([...CHECKS, 'serfHealth', 'none']), { maxLength: 2 }),
      ServiceChecks: fc.array(fc.record({ ID: of(CHECKS) }), { maxLength: 1 }),
    },
    { requiredKeys: ['LockDelay'] },
  )
  const name = of(SESSIONS)
  return fc.oneof(
    fc.tuple(name, spoiled(body)).map(([session, content]): Exchange => ({
      method: 'PUT',
      path: '/v1/session/create',
      body: content,
      keep: { [session]: (answer: Json) => answer?.ID ?? '' },
    })),
    name.map(session => put(`/v1/session/destroy/$${session}`)),
    name.map(session => put(`/v1/session/renew/$${session}`)),
    name.map(session => get(`/v1/session/info/$${session}`)),
    of(['list', 'node/n0', 'node/N0', 'node/ext-1', 'node/none', 'list?dc=nope', 'node/', 'list?index=x']).map(text =>
      get(`/v1/session/${text}`),
    ),
  )
}
