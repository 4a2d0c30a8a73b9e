import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast, type Bound } from '../harness/bound.ts'
import { type Exchange, ID, NUMBER, serverContender } from '../harness/server-contender.ts'
import { consul, fillCatalog, ours, prepared, put } from './consul-api.ts'

/** How many checks the API is told of in turn. */
const CHECKS = 1_000

/** Consul's HTTP API by 64 connections with one request in flight each: reads of one service, and writes of a thousand instances in turn, each a change. */
export const benchmarks: readonly Benchmark[] = [
  ...[
    { instances: 10, bound: atLeast(8) },
    { instances: 100, bound: atLeast(40) },
    { instances: 1_000, bound: atLeast(80) },
  ].map(({ instances, bound }) =>
    compared(`GET /v1/health/service/NAME, ${instances.toLocaleString('en')} instances`, {
      bound,
      exchange: { request: request('GET', '/v1/health/service/web'), expected: `web-${instances - 1}"` },
      prepare: port => fillCatalog(port, 'web', instances),
    }),
  ),
  compared('PUT /v1/agent/service/register, with a TTL check', {
    bound: atLeast(50),
    exchange: { request: request('PUT', '/v1/agent/service/register', registration(ID, NUMBER)), expected: '200 OK' },
  }),
  compared('PUT /v1/agent/check/pass', {
    bound: atLeast(12),
    exchange: { request: request('PUT', `/v1/agent/check/pass/service:users-${ID}`), expected: '200 OK' },
    async prepare(port) {
      for (let at = 0; at < CHECKS; at++) {
        await put(port, '/v1/agent/service/register', registration(String(at).padStart(ID.length, '0'), '1'))
      }
    },
  }),
  compared('PUT /v1/catalog/register', {
    bound: atLeast(5),
    exchange: { request: request('PUT', '/v1/catalog/register', catalogRegistration()), expected: 'true' },
  }),
]

/** What is measured of the API. */
interface Work {
  readonly bound: Bound
  readonly exchange: Exchange
  readonly prepare?: (port: number) => Promise<void>
}

function compared(name: string, { bound, exchange, prepare = async () => {} }: Work): Benchmark {
  const contender = (api: typeof ours) => serverContender(api.name, prepared(api.start, prepare), exchange)
  return {
    area: 'engines',
    name,
    unit: 'requests per CPU second of the server',
    ours: contender(ours),
    goals: [{ against: contender(consul), bound }],
    warmUpRounds: 3,
  }
}

/** A service of an agent; what changes each time is its metadata. */
function registration(id: string, number: string): object {
  const Meta = { version: '1.4.2', zone: 'eu-west-1a', build: number }
  return { ID: `users-${id}`, Name: 'users', Port: 8080, Tags: ['blue'], Meta, Check: { TTL: '3600s' } }
}

/** An instance of one of a thousand nodes; what changes each time is its metadata. */
function catalogRegistration(): object {
  const Meta = { version: '1.4.2', zone: 'eu-west-1a', build: NUMBER }
  const Service = { ID: `users-${ID}`, Service: 'users', Address: '10.0.0.7', Port: 8080, Tags: ['blue'], Meta }
  return { Node: `node-${ID}`, Address: '10.0.0.7', Service }
}

function request(method: string, path: string, body?: object): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const length = method === 'PUT' ? `Content-Length: ${text.length}\r\n` : ''
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${length}\r\n${text}`
}
