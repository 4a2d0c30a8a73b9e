import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Table } from '../../../src/daemon/consul/state/table.ts'
import { serveConsul } from '../../daemon/consul/consul-server.ts'
import { MASTER, serveAcl } from '../../daemon/consul/acl/acl-server.ts'

type Ask = Awaited<ReturnType<typeof serveConsul>>['ask']

/** What the API shows of everything that can be written. */
const PAGES = [
  '/v1/catalog/nodes',
  '/v1/catalog/services',
  '/v1/health/state/any',
  '/v1/agent/services',
  '/v1/agent/checks',
  '/v1/session/list',
  '/v1/query',
  '/v1/kv/?recurse',
]

async function everything(ask: Ask): Promise<string[]> {
  const pages: string[] = []
  for (const path of PAGES) pages.push((await ask('GET', path)).text)
  return pages
}

/** Nobody registers a million checks in a test: from now on the table says that there is room for so many rows more, and goes on from there. */
function leaveRoom(t: TestContext, { table, limit, left = 1 }: { table: string; limit: number; left?: number }): void {
  const size = Object.getOwnPropertyDescriptor(Table.prototype, 'size') as { get: () => number }
  let more: number | undefined
  const get = function (this: Table<object>) {
    const rows = size.get.call(this)
    if (this.name !== table) return rows
    more ??= limit - left - rows
    return rows + more
  }
  Object.defineProperty(Table.prototype, 'size', { get, configurable: true })
  t.after(() => Object.defineProperty(Table.prototype, 'size', size))
}

const node = (Node: string, more: object = {}) => ({ Node, Address: '10.0.0.1', ...more })
const ttl = { TTL: '60s', Status: 'passing' }

describe('The counts of the Consul API', () => {
  const edges: [table: string, limit: number, ...writes: [path: string, body: (n: number) => unknown][]][] = [
    [
      'node',
      100_000,
      ['/v1/catalog/register', n => node(`m${n}`)],
      ['/v1/txn', n => [{ KV: { Verb: 'set', Key: `k${n}` } }, { Node: { Verb: 'set', Node: node(`t${n}`) } }]],
    ],
    [
      'service',
      1_000_000,
      ['/v1/catalog/register', n => node(`m${n}`, { Service: { Service: 'a' } })],
      ['/v1/agent/service/register', n => ({ Name: `a${n}`, Check: ttl })],
    ],
    [
      'check',
      1_000_000,
      ['/v1/catalog/register', n => node(`m${n}`, { Service: { Service: 'a' }, Check: { Name: 'c', ServiceID: 'a' } })],
      ['/v1/agent/service/register', n => ({ Name: `a${n}`, Check: ttl })],
      ['/v1/agent/check/register', n => ({ Name: `c${n}`, ...ttl })],
    ],
    ['session', 100_000, ['/v1/session/create', n => ({ Name: `s${n}` })]],
    ['query', 10_000, ['/v1/query', n => ({ Name: `q${n}`, Service: { Service: 'a' } })]],
    ['kv', 1_000_000, ['/v1/kv/k', () => 'x']],
  ]
  for (const [table, limit, ...writes] of edges) {
    for (const [path, body] of writes) {
      it(`take ${limit} rows of the table ${table} by ${path}, and nothing of one more`, async t => {
        const { ask } = await serveConsul(t)
        const isNamed = !['session', 'query'].includes(table)
        const method = path === '/v1/query' ? 'POST' : 'PUT'
        const at = path === '/v1/kv/k' ? (n: number) => path + n : () => path
        const write = async (n: number) => (await ask(method, at(n), body(n))).status
        leaveRoom(t, { table, limit })
        assert.equal(await write(0), 200)
        const full = await everything(ask)
        assert.equal(await write(1), path === '/v1/txn' ? 409 : 500)
        assert.deepEqual(await everything(ask), full)
        if (isNamed) assert.equal(await write(0), 200)
      })
    }
  }

  it('take 100,000 tokens, 10,000 policies and 10,000 roles, and nothing of one more', async t => {
    const { ask } = await serveAcl(t)
    leaveRoom(t, { table: 'acl-policy', limit: 10_000 })
    leaveRoom(t, { table: 'acl-role', limit: 10_000 })
    leaveRoom(t, { table: 'acl-token', limit: 100_000 })
    for (const [one, all] of [
      ['policy', 'policies'],
      ['role', 'roles'],
      ['token', 'tokens'],
    ]) {
      const list = async () => (await ask(MASTER, `GET /v1/acl/${all}`)).body
      const write = async (Name: string) =>
        (await ask(MASTER, `PUT /v1/acl/${one}`, one === 'token' ? {} : { Name })).status
      assert.equal(await write('a'), 200)
      const full = await list()
      assert.equal(await write('b'), 500)
      assert.deepEqual(await list(), full)
    }
  })
})

const K = 1_024

const named = (length: number) => 'n'.repeat(length)
const check = (more: object) => ({ Name: 'c', ...ttl, ...more })
const service = (bytes: number) => JSON.stringify({ Name: 'a' }).padEnd(bytes)
const padded = (length: number) => `Service == "${'x'.repeat(length - 13)}"`
const nested = (depth: number) => `${'('.repeat(depth)}Service == a${')'.repeat(depth)}`

describe('The sizes of the Consul API', () => {
  const texts: [what: string, path: string, body: (text: string) => object][] = [
    ['the name of a service', '/v1/agent/service/register', Name => ({ Name })],
    ['the id of a service', '/v1/agent/service/register', ID => ({ Name: 'a', ID })],
    ['the address of a service', '/v1/agent/service/register', Address => ({ Name: 'a', Address })],
    ['a tag', '/v1/agent/service/register', tag => ({ Name: 'a', Tags: [tag] })],
    ['the name of a check', '/v1/agent/check/register', Name => check({ Name })],
    ['the id of a check', '/v1/agent/check/register', ID => check({ ID })],
    ['the name of a node', '/v1/catalog/register', Node => node(Node)],
    ['the address of a node', '/v1/catalog/register', Address => node('m', { Address })],
    ['a name in the catalog', '/v1/catalog/register', Service => node('m', { Service: { Service } })],
    ['an id in the catalog', '/v1/catalog/register', ID => node('m', { Service: { Service: 'a', ID } })],
    ['a tag in the catalog', '/v1/catalog/register', tag => node('m', { Service: { Service: 'a', Tags: [tag] } })],
    ['the name of a session', '/v1/session/create', Name => ({ Name })],
    ['the name of a query', '/v1/query', Name => ({ Name, Service: { Service: 'a' } })],
  ]
  for (const [what, path, body] of texts) {
    it(`take ${what} of 4,096 bytes, and not one byte more`, async t => {
      const { ask } = await serveConsul(t)
      const method = path === '/v1/query' ? 'POST' : 'PUT'
      const before = await everything(ask)
      const refused = await ask(method, path, body(named(4_097)))
      assert.deepEqual([refused.status, /longer than 4096 bytes/.test(refused.text)], [400, true])
      assert.deepEqual(await everything(ask), before)
      assert.equal((await ask(method, path, body(named(4_096)))).status, 200)
    })
  }

  const tagged: [path: string, status: number, body: (Tags: string[]) => unknown][] = [
    ['/v1/agent/service/register', 400, Tags => ({ Name: 'a', Tags })],
    ['/v1/catalog/register', 400, Tags => node('m', { Service: { Service: 'a', Tags } })],
    ['/v1/txn', 409, Tags => [{ Service: { Verb: 'set', Node: 'n0', Service: { Service: 'a', Tags } } }]],
  ]
  for (const [path, status, body] of tagged) {
    it(`take 1,000 tags by ${path}, and nothing of what has one more`, async t => {
      const { ask } = await serveConsul(t)
      const before = await everything(ask)
      const refused = await ask('PUT', path, body(Array(1_001).fill('t')))
      assert.deepEqual([refused.status, /at most 1000 tags/.test(refused.text)], [status, true])
      assert.deepEqual(await everything(ask), before)
      assert.equal((await ask('PUT', path, body(Array(1_000).fill('t')))).status, 200)
    })
  }

  it('take a body of 512 KiB, and not one byte more', async t => {
    const { ask } = await serveConsul(t)
    assert.equal((await ask('PUT', '/v1/agent/service/register', service(512 * K + 1))).status, 413)
    assert.deepEqual((await ask('GET', '/v1/agent/services')).body, {})
    assert.equal((await ask('PUT', '/v1/agent/service/register', service(512 * K))).status, 200)
  })

  it('take a key of 2,048 bytes, and not one byte more', async t => {
    const { ask } = await serveConsul(t)
    const put = async (key: string) => (await ask('PUT', `/v1/kv/${encodeURIComponent(key)}`, 'x')).status
    assert.deepEqual([await put('é'.repeat(1_024)), await put(`${'é'.repeat(1_024)}x`)], [200, 413])
    assert.equal((await ask('GET', '/v1/kv/?keys')).body.length, 1)
  })

  it('take an event of 8,192 bytes, and not one byte more', async t => {
    const { ask } = await serveConsul(t)
    const fire = async (bytes: number) => (await ask('PUT', '/v1/event/fire/e', 'x'.repeat(bytes))).status
    assert.deepEqual([await fire(8 * K), await fire(8 * K + 1)], [200, 413])
    assert.equal((await ask('GET', '/v1/event/list')).body.length, 1)
  })

  it('take a filter expression of 8,192 characters nested 100 deep, and none that is longer or deeper', async t => {
    const { ask } = await serveConsul(t)
    const filtered = async (filter: string) =>
      (await ask('GET', `/v1/agent/services?filter=${encodeURIComponent(filter)}`)).status
    assert.deepEqual([await filtered(padded(8_192)), await filtered(padded(8_193))], [200, 500])
    assert.deepEqual([await filtered(nested(100)), await filtered(nested(101))], [200, 500])
  })
})
