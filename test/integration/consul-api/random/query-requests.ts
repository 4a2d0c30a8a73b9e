import * as fc from 'fast-check'
import type { Exchange, Json } from '../exchange.ts'
import { spoiled } from './spoiled.ts'
import { of, SERVICES, SESSIONS } from './words.ts'

/** Keeps the id of a query that was made. */
const keep = (session: string) => ({ [`q${session}`]: (answer: Json) => answer?.ID ?? '' })

/** Requests about prepared queries. */
export function queryRequests(): fc.Arbitrary<Exchange> {
  const body = fc.record(
    {
      Name: of(['q', 'r', '']),
      Session: of(['$s1', 'none']),
      Token: of(['']),
      Service: fc.record(
        {
          Service: of([...SERVICES, '', '${match(2)}', '${name.suffix}']),
          OnlyPassing: fc.boolean(),
          Near: of(['_agent', 'ext-1']),
          Tags: fc.array(of(['v1', '!v2', 'V1']), { maxLength: 2 }),
          NodeMeta: of([{ a: 'b' }]),
          ServiceMeta: of([{ a: 'b' }]),
          IgnoreCheckIDs: of([['alive']]),
          Failover: of([{ NearestN: 1 }, { Datacenters: ['dc1'] }]),
        },
        { requiredKeys: ['Service'] },
      ),
      DNS: of([{ TTL: '10s' }, { TTL: 'x' }, { TTL: '' }, { TTL: '-1s' }, {}]),
      Template: of([
        { Type: 'name_prefix_match' },
        { Type: 'name_prefix_match', Regexp: '^(.)(.*)$' },
        { Type: 'x' },
        { Type: 'name_prefix_match', Regexp: '(' },
      ]),
    },
    { requiredKeys: ['Service'] },
  )
  const name = of(SESSIONS)
  return fc.oneof(
    fc.tuple(name, spoiled(body)).map(([session, content]): Exchange => ({
      method: 'POST',
      path: '/v1/query',
      body: content,
      keep: keep(session),
    })),
    fc
      .tuple(name, spoiled(body))
      .map(([session, content]): Exchange => ({ method: 'PUT', path: `/v1/query/$q${session}`, body: content })),
    name.map((session): Exchange => ({ method: 'DELETE', path: `/v1/query/$q${session}` })),
    fc
      .tuple(
        of([
          '/v1/query/q',
          '/v1/query/R',
          '/v1/query/none',
          '/v1/query/$qs1',
          '/v1/query/qweb',
          '/v1/query/x'.padEnd(46, 'x'),
        ]),
        of([
          '',
          '/execute',
          '/explain',
          '/execute?passing',
          '/execute?limit=x',
          '/execute?limit=-1',
          '/execute?near=_agent',
        ]),
      )
      .map(([path, more]): Exchange => ({ method: 'GET', path: path + more })),
    fc.constant<Exchange>({ method: 'GET', path: '/v1/query' }),
  )
}
