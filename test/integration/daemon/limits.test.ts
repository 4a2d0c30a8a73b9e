import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { readAccessRules } from '../../../src/daemon/access/access-rules.ts'
import { RulesAccess } from '../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../src/daemon/access/token-hash.ts'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon, type RegistryDaemonOptions } from '../../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { STORE_LIMITS } from '../../../src/discovery/store/limits.ts'
import { PROTOCOL_LIMITS } from '../../../src/protocol/protocol.ts'
import { BODY_BYTES_MAX } from '../../../src/web/body.ts'
import { PIPELINED_MAX } from '../../../src/web/pipeline.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { SessionClient } from '../../daemon/session/session-client.ts'
import { folder } from '../../endpoint/sandbox.ts'

const page = readFileSync(new URL('../../../docs/reference/limits.md', import.meta.url), 'utf8')
const grouped = (value: number) => value.toLocaleString('en')

const instance = { endpoints: ['tcp://127.0.0.1:1'] }

/** A registration whose body has so many bytes. */
function padded(bytes: number): string {
  const text = JSON.stringify({ ...instance, padding: '' })
  return text.replace('"padding":""', `"padding":"${'x'.repeat(bytes - text.length)}"`)
}

describe('The limits of a registry daemon', () => {
  const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends: [new RestFrontend()] })
  before(() => daemon.start())
  after(() => daemon.stop())

  /** Registers, and tells the status and the code. */
  async function put(
    body: object | string,
    { name, id = 'i' }: { name: string; id?: string | undefined },
  ): Promise<string> {
    const { port } = new URL(daemon.endpoints[0] ?? '')
    const url = `http://127.0.0.1:${port}/api/v1/services/${encodeURIComponent(name)}/instances/${encodeURIComponent(id)}`
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await fetch(url, { method: 'PUT', body: text })
    const said = (await answer.text()) || '{}'
    const { error } = JSON.parse(said) as { error?: { code: string } }
    return `${answer.status}${error ? ` ${error.code}` : ''}`
  }

  const refused = '400 ERR_INVALID_INSTANCE'
  const edges: [
    what: string,
    within: object,
    beyond: object,
    at?: { name?: [string, string]; id?: [string, string] },
  ][] = [
    ['service names', instance, instance, { name: ['n'.repeat(255), 'n'.repeat(256)] }],
    ['names in bytes, not characters', instance, instance, { name: [`${'é'.repeat(127)}x`, 'é'.repeat(128)] }],
    ['ids', instance, instance, { id: ['i'.repeat(255), 'i'.repeat(256)] }],
    ['endpoints', { endpoints: Array(16).fill('tcp://h:1') }, { endpoints: Array(17).fill('tcp://h:1') }],
    ['an endpoint', { endpoints: [`unix:/${'x'.repeat(1018)}`] }, { endpoints: [`unix:/${'x'.repeat(1019)}`] }],
    ['tags', { ...instance, tags: Array(64).fill('t') }, { ...instance, tags: Array(65).fill('t') }],
    ['a tag', { ...instance, tags: ['t'.repeat(255)] }, { ...instance, tags: ['t'.repeat(256)] }],
    [
      'metadata',
      { ...instance, metadata: { k: 'v'.repeat(65_535) } },
      { ...instance, metadata: { k: 'v'.repeat(65_536) } },
    ],
    ['a short TTL', { ...instance, ttlMs: 100 }, { ...instance, ttlMs: 99 }],
    ['a long TTL', { ...instance, ttlMs: 86_400_000 }, { ...instance, ttlMs: 86_400_001 }],
  ]
  for (const [index, [what, within, beyond, { name, id } = {}]] of edges.entries()) {
    it(`take ${what} up to the limit, and nothing of what is beyond`, async () => {
      const [one, other] = [name?.[0] ?? `s${index}-0`, name?.[1] ?? `s${index}-1`]
      assert.equal(await put(within, { name: one, id: id?.[0] }), '201')
      assert.equal(await put(beyond, { name: other, id: id?.[1] }), refused)
      assert.deepEqual(daemon.store?.rosters.set(other).instances, [])
    })
  }

  it('take a body of a mebibyte, and not one byte more', async () => {
    assert.equal(await put(padded(BODY_BYTES_MAX), { name: 'body-1' }), '201')
    assert.equal(await put(padded(BODY_BYTES_MAX + 1), { name: 'body-2' }), '413 ERR_BODY_TOO_LARGE')
    assert.equal(daemon.store?.rosters.set('body-2').known, false)
  })

  it('take a head of 16,384 bytes, however it is read, and none that is longer by more than what is between names and values', async t => {
    const { port } = new URL(daemon.endpoints[0] ?? '')
    const status = async (bytes: number, more: string) => {
      const head = `GET /api/v1/status HTTP/1.1\nHost: localhost\n${more}X: `.replaceAll('\n', '\r\n')
      const socket = connect(Number(port), '127.0.0.1')
      t.after(() => socket.destroy())
      socket.on('error', () => {}).write(`${head}${'x'.repeat(bytes - head.length - 4)}\r\n\r\n`)
      const [answer] = (await once(socket, 'data')) as [Buffer]
      return answer.toString('latin1', 9, 12)
    }
    // The second is not for who reads plain requests in one piece.
    for (const more of ['', 'TE: x\n'])
      assert.deepEqual([await status(16_384, more), await status(16_500, more)], ['200', '431'])
  })

  it('take a frame of a session of 4 MiB, and not one byte more', async t => {
    const { port } = new URL(daemon.endpoints[0] ?? '')
    const hello = { type: 'hello', protocol: 1, session: 's'.repeat(16), held: [] }
    const text = JSON.stringify([{ ...hello, client: { name: 'c', pid: 1, host: 'h' } }])
    for (const extra of [0, 1]) {
      const client = await SessionClient.open(t, Number(port))
      client.webSocket.send(text.padEnd(PROTOCOL_LIMITS.clientFrameBytes + extra))
      if (extra === 0) await client.next('welcome')
      else assert.equal((await client.end()).code, 1009)
    }
  })

  it('are what their page says', () => {
    const { services, serviceInstances, instances, ownerInstances, emptyServices, watches } = STORE_LIMITS
    assert.ok(page.includes(`answer before theirs | ${PIPELINED_MAX} |`))
    for (const value of [BODY_BYTES_MAX, services, serviceInstances, instances, ownerInstances, emptyServices]) {
      assert.ok(page.includes(grouped(value)), String(value))
    }
    assert.ok(page.includes(`blocking queries | ${grouped(watches)},`))
    assert.ok(page.includes(`nobody has registered | ${grouped(services / 2)},`))
    assert.ok(page.includes(`in its \`hello\` | ${grouped(PROTOCOL_LIMITS.heldInstances)} |`))
    assert.ok(page.includes(`4 MiB, ${grouped(PROTOCOL_LIMITS.frameMessages)} messages`))
  })
})

const of = (id: string) => createInstance({ serviceName: 'a', id, ...instance })
const operation = (Key: string) => ({ KV: { Verb: 'set', Key, Value: 'eHh4' } })
const watch = (index: number) => ({ type: 'watch', service: `s${index}` }) as const

/** A daemon with lower limits, asked by REST as in the first of these tests. */
async function limited(t: TestContext, options: RegistryDaemonOptions) {
  const frontends = [new RestFrontend(), new ConsulFrontend({ nodeName: 'n0' })]
  const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends, ...options })
  t.after(() => daemon.stop())
  await daemon.start()
  const base = () => daemon.endpoints[0]?.replace('tcp:', 'http:') ?? ''
  const ask = async (method: string, path: string, { body, token }: { body?: object; token?: string } = {}) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const answer = await fetch(base() + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    const said = (await answer.text()) || '{}'
    const { error } = JSON.parse(said.startsWith('{') ? said : '{}') as { error?: { code: string } }
    return `${answer.status}${error ? ` ${error.code}` : ''}`
  }
  const put = (name: string, id: string, body: object = instance) =>
    ask('PUT', `/api/v1/services/${name}/instances/${id}`, { body })
  const ids = (name: string) => daemon.store?.rosters.set(name).instances.map(({ id }) => id)
  return { daemon, ask, put, ids, base }
}

// A million instances, 200,000 services or 40,000 connections take more memory, and more files, than a test may count on: what decides is the same at any number.
// The numbers themselves are compared with their page above; what can be had in full is in limits-in-full.test.ts.
describe('The counts of a registry daemon, with lower limits', () => {
  const full = '507 ERR_REGISTRY_LIMIT'

  it('take instances of one service up to the limit, write those that are there anew, and nothing of one more', async t => {
    const { daemon, ask, put, ids } = await limited(t, { limits: { serviceInstances: 2 } })
    assert.deepEqual([await put('a', 'a1'), await put('a', 'a2')], ['201', '201'])
    const { revision } = daemon.store?.rosters.set('a') ?? {}
    assert.equal(await put('a', 'a3'), full)
    assert.deepEqual([ids('a'), daemon.store?.rosters.set('a').revision], [['a1', 'a2'], revision])
    assert.equal(await put('b', 'b1'), '201')
    assert.equal(await ask('DELETE', '/api/v1/services/a/instances/a1'), '204')
    assert.equal(await put('a', 'a3'), '201')
  })

  it('take services, and instances in all, up to the limits, and nothing of one more', async t => {
    const { daemon, put, ids } = await limited(t, { limits: { services: 2, instances: 3 } })
    assert.deepEqual([await put('a', 'a1'), await put('b', 'b1')], ['201', '201'])
    assert.equal(await put('c', 'c1'), full)
    assert.deepEqual([daemon.store?.rosters.set('c').known, daemon.store?.rosters.names().names], [false, ['a', 'b']])
    assert.deepEqual([await put('a', 'a2'), await put('b', 'b2')], ['201', full])
    assert.deepEqual([ids('a'), ids('b'), daemon.store?.leases.count], [['a1', 'a2'], ['b1'], 3])
  })

  it('take instances of one process up to the limit, and go on with those it has', async t => {
    const { daemon, ids } = await limited(t, { limits: { ownerInstances: 2 } })
    const registry = new DaemonRegistry({
      port: Number(new URL(daemon.endpoints[0] ?? '').port),
      requestMs: PATIENCE_MS,
    })
    t.after(() => registry.close())
    const lease = await registry.register(of('a1'))
    await registry.register(of('a2'))
    await assert.rejects(registry.register(of('a3')), {
      code: 'ERR_REGISTRY_REFUSED',
      daemonCode: 'ERR_REGISTRY_LIMIT',
    })
    await lease.update({ weight: 2 })
    assert.deepEqual(ids('a'), ['a1', 'a2'])
  })

  it('take watches of names that nobody has registered up to the limit, refuse each way to watch one more, and register all the same', async t => {
    const { daemon, ask, put, base } = await limited(t, { limits: { services: 4 } })
    const client = await SessionClient.open(t, Number(new URL(daemon.endpoints[0] ?? '').port))
    await client.hello('watcher')
    client.say(watch(0), watch(1), watch(2), watch(1))
    const { service, code } = await client.next('denied')
    assert.deepEqual([service, code], ['s2', 'ERR_REGISTRY_LIMIT'])
    await client.next('set', told => told.service === 's1')
    assert.equal(await ask('GET', '/api/v1/services/s2/watch'), full)
    const { headers } = await fetch(`${base()}/v1/health/service/s2`)
    const waiting = await fetch(`${base()}/v1/health/service/s2?index=${headers.get('x-consul-index')}`)
    assert.deepEqual([waiting.status, /at most 2 services that are watched/.test(await waiting.text())], [500, true])
    assert.deepEqual(
      [await put('s2', 'i'), await put('s3', 'i'), daemon.store?.rosters.watchers('s2')],
      ['201', '201', []],
    )
    client.say(watch(2))
    await client.next('set', told => told.service === 's2')
  })

  it('come back from the disk with what was acknowledged, and without what was refused', async t => {
    const options = { dataPath: folder(t), limits: { serviceInstances: 1 } }
    const first = await limited(t, options)
    assert.deepEqual([await first.put('a', 'a1'), await first.put('a', 'a2')], ['201', full])
    await first.daemon.stop()
    assert.deepEqual((await limited(t, options)).ids('a'), ['a1'])
  })

  it('let a token write as often as its rules say, and not once more', async t => {
    const token = { name: 'w', hash: tokenHash('w'), services: { '*': 'register' }, writesPerSecond: 0.001 }
    const access = new RulesAccess(readAccessRules(JSON.stringify({ tokens: [token] }), 'rules.json'))
    const { ask, ids } = await limited(t, { access })
    const put = (id: string) => ask('PUT', `/api/v1/services/a/instances/${id}`, { body: instance, token: 'w' })
    assert.deepEqual([await put('a1'), await put('a2'), ids('a')], ['201', '429 ERR_WRITE_RATE', ['a1']])
  })

  it('take keys, and bytes of all values, up to the limits; a transaction beyond them leaves nothing', async t => {
    const kvLimits = { keys: 2, valuesBytes: 12 }
    const frontends = [new ConsulFrontend({ nodeName: 'n0', kvLimits })]
    const { base } = await limited(t, { frontends })
    const put = async (key: string, body: string) =>
      (await fetch(`${base()}/v1/kv/${key}`, { method: 'PUT', body })).status
    const keys = async () => (await fetch(`${base()}/v1/kv/?keys`)).json()
    const body = JSON.stringify([operation('a'), operation('b'), operation('c')])
    assert.equal((await fetch(`${base()}/v1/txn`, { method: 'PUT', body })).status, 409)
    assert.deepEqual(await keys(), [])
    assert.deepEqual([await put('a', 'xxx'), await put('b', 'xxx'), await put('c', '')], [200, 200, 500])
    assert.deepEqual([await put('b', 'xxxxxx'), await put('b', 'xxxxxxx')], [200, 500])
    assert.equal(await (await fetch(`${base()}/v1/kv/b?raw`)).text(), 'xxxxxx')
    assert.deepEqual(await keys(), ['a', 'b'])
  })

  it('take a value of half a mebibyte, and not one byte more', async t => {
    const { base } = await limited(t, {})
    const put = async (key: string, bytes: number) =>
      (await fetch(`${base()}/v1/kv/${key}`, { method: 'PUT', body: 'x'.repeat(bytes) })).status
    assert.deepEqual([await put('a', 524_288), await put('b', 524_289)], [200, 413])
    assert.equal((await fetch(`${base()}/v1/kv/b`)).status, 404)
  })

  it('take 10,000 watches of one session, and close it for one more', async t => {
    const { daemon } = await limited(t, {})
    const client = await SessionClient.open(t, Number(new URL(daemon.endpoints[0] ?? '').port))
    await client.hello('watcher')
    client.say(...Array.from({ length: 10_000 }, (_, index) => watch(index)))
    await client.next('set', ({ service }) => service === 's9999')
    client.say(watch(0))
    await client.next('set', ({ service }) => service === 's0')
    client.say(watch(10_000))
    const { code, reason } = await client.end()
    assert.deepEqual([code, /10000|10,000/.test(reason)], [1002, true])
  })
})
