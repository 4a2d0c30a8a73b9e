import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { decodeText, encodeText } from '../../../src/adapters/etcd/base64.ts'
import { EtcdClient, type EtcdClientOptions } from '../../../src/adapters/etcd/client.ts'
import { keysBelow } from '../../../src/adapters/etcd/key-range.ts'
import type { WatchEvent } from '../../../src/adapters/etcd/watch-answer.ts'
import { RegistryUnavailableError } from '../../../src/discovery/errors.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { missingEngine, startEtcd } from '../../engines/engines.ts'
import { until } from '../daemon/until.ts'

/** Of the etcd that is tried. */
let port = 0

function client(stack: AsyncDisposableStack, options: Partial<EtcdClientOptions> = {}): EtcdClient {
  const opened = new EtcdClient({ origins: [`http://127.0.0.1:${port}`], ...options })
  return stack.adopt(opened, one => one.close())
}

async function put(opened: EtcdClient, [key, value]: readonly [string, string], lease = '0'): Promise<number> {
  const { header } = await opened.txn({
    success: [{ request_put: { key: encodeText(key), value: encodeText(value), lease } }],
  })
  return Number(header.revision)
}

async function get(opened: EtcdClient, key: string): Promise<string | undefined> {
  const { kvs = [] } = await opened.range({ key: encodeText(key) })
  return kvs[0] && decodeText(kvs[0].value ?? '')
}

/** Keeps what a watch of a prefix hears: `key=value`, `-key` for what was deleted. */
class Watcher {
  readonly heard: string[] = []
  readonly revisions: number[] = []
  error: Error | undefined
  readonly stop: () => void

  constructor(opened: EtcdClient, prefix: string, fromRevision: number) {
    this.stop = opened.watch(
      { range: keysBelow(prefix), fromRevision },
      {
        onEvents: (events, revision) => {
          this.heard.push(...events.map(textOf))
          this.revisions.push(revision)
        },
        onEnd: error => (this.error = error),
      },
    )
  }
}

function textOf({ isDeletion, key, value }: WatchEvent): string {
  return isDeletion ? `-${key}` : `${key}=${value}`
}

describe('EtcdClient with what is no etcd', () => {
  for (const [what, status, body] of [
    ['a page that is not there', 404, '404 page not found'],
    ['an error of somebody else', 404, '{"error":{"code":"ERR_NOT_FOUND"}}'],
    ['a page in the place of every answer', 200, '<html>Welcome</html>'],
  ] as const) {
    it(`says what came and what to check when it gets ${what}`, async t => {
      const server = createServer((_request, response) => response.writeHead(status).end(body))
      t.after(() => server.close())
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      const opened = new EtcdClient({ origins: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`] })
      t.after(() => opened.close())
      const error = await opened.range({ key: encodeText('/a') }).then(
        () => assert.fail('it took that for an answer'),
        (refusal: Error) => (refusal instanceof RegistryUnavailableError ? (refusal.cause as Error) : refusal),
      )
      assert.ok(error.message.includes(`HTTP status ${status}: ${body}`), error.message)
      assert.match(error.message, /check that the URL leads to its client port/)
    })
  }
})

for (const [version, engine] of [
  ['3.4', 'etcd'],
  ['3.5', 'etcd-3.5'],
] as const) {
  describe(`EtcdClient with etcd ${version}`, { skip: missingEngine(engine) }, () => {
    let etcd: Awaited<ReturnType<typeof startEtcd>> | undefined
    before(async () => {
      etcd = await startEtcd({ version })
      port = etcd.ports.client
    })
    after(() => etcd?.stop())
    cases()
  })
}

function cases(): void {
  it('writes and reads keys of any characters', async () => {
    await using stack = new AsyncDisposableStack()
    const opened = client(stack)
    await put(opened, ['/a/🪢 ключ', '绳子\u0000"'])
    assert.equal(await get(opened, '/a/🪢 ключ'), '绳子\u0000"')
    assert.equal(await get(opened, '/a/other'), undefined)
  })

  it('keeps keys on a lease until it is revoked', async () => {
    await using stack = new AsyncDisposableStack()
    const opened = client(stack)
    const lease = await opened.grant(60)
    await put(opened, ['/lease/a', '1'], lease)
    await opened.keepAlive(lease)
    await opened.revoke(lease)
    assert.equal(await get(opened, '/lease/a'), undefined)
    await assert.rejects(opened.revoke(lease), { code: 'ERR_ETCD_LEASE_NOT_FOUND' })
    await assert.rejects(opened.keepAlive(lease), { code: 'ERR_ETCD_LEASE_NOT_FOUND' })
    await assert.rejects(put(opened, ['/lease/a', '1'], lease), { code: 'ERR_ETCD_LEASE_NOT_FOUND' })
  })

  it('renews many leases at once, and tells those that are gone', async () => {
    await using stack = new AsyncDisposableStack()
    const opened = client(stack)
    const leases = await Promise.all(Array.from({ length: 300 }, () => opened.grant(60)))
    await Promise.all(leases.filter((_, at) => at % 3 === 0).map(lease => opened.revoke(lease)))
    const outcomes = await Promise.allSettled(leases.map(lease => opened.keepAlive(lease)))
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      leases.map((_, at) => (at % 3 === 0 ? 'rejected' : 'fulfilled')),
    )
  })

  it('watches from a revision on and misses nothing, however many watches share its stream', async () => {
    await using stack = new AsyncDisposableStack()
    const opened = client(stack)
    const first = await put(opened, ['/w/0/a', '0'])
    const early = new Watcher(opened, '/w/0/', first)
    await until(() => early.heard.length === 1, 'what was written before is told')
    const watchers = Array.from({ length: 20 }, (_, at) => new Watcher(opened, `/w/${at}/`, first + 1))
    for (let at = 0; at < 20; at++) await put(opened, [`/w/${at}/b`, `${at}`])
    await until(() => watchers.every(({ heard }) => heard.length === 1), 'each hears of its own')
    assert.deepEqual(
      watchers.map(({ heard }) => heard[0]),
      watchers.map((_, at) => `/w/${at}/b=${at}`),
    )
    await opened.txn({ success: [{ request_delete_range: { key: encodeText('/w/0/b') } }] })
    await until(() => early.heard.length === 3, 'the deletion is told')
    assert.deepEqual(early.heard, ['/w/0/a=0', '/w/0/b=0', '-/w/0/b'])
  })

  it('hears no more of a watch that was ended, and goes on with the others', async () => {
    await using stack = new AsyncDisposableStack()
    const opened = client(stack)
    const from = (await put(opened, ['/end/a', '0'])) + 1
    const [ended, going] = [new Watcher(opened, '/end/', from), new Watcher(opened, '/end/', from)]
    await put(opened, ['/end/a', '1'])
    await until(() => ended.heard.length === 1 && going.heard.length === 1, 'both hear')
    ended.stop()
    await put(opened, ['/end/a', '2'])
    await until(() => going.heard.length === 2, 'the other hears')
    assert.deepEqual([ended.heard.length, ended.error], [1, undefined])
  })

  it('says so when a watch begins at a revision that was compacted', async () => {
    await using stack = new AsyncDisposableStack()
    const opened = client(stack)
    const from = await put(opened, ['/compacted/a', '0'])
    const revision = await put(opened, ['/compacted/a', '1'])
    await opened.call('/v3/kv/compaction', { revision: String(revision) })
    const watcher = new Watcher(opened, '/compacted/', from)
    await until(() => watcher.error !== undefined, 'it is told')
    assert.equal((watcher.error as Error & { code?: string }).code, 'ERR_ETCD_COMPACTED')
  })

  it('does not wait in silence for a revision that etcd has not got to', async () => {
    await using stack = new AsyncDisposableStack()
    const opened = client(stack)
    const watcher = new Watcher(opened, '/future/', (await put(opened, ['/future/a', '0'])) + 2)
    await until(() => watcher.error !== undefined, 'it is told')
    assert.match(String(watcher.error), /not yet, or no longer/)
  })

  it('leaves a node that cannot be reached, or does not answer in time, for the next one', async () => {
    await using stack = new AsyncDisposableStack()
    const [gone, silent] = [stack.use(await TcpRelay.listen({ port })), stack.use(await TcpRelay.listen({ port }))]
    gone.refuse()
    silent.pause()
    const origins = [gone.port, silent.port, port].map(one => `http://127.0.0.1:${one}`)
    const opened = client(stack, { origins, answerMs: 300, random: { next: () => 0 } })
    await put(opened, ['/failover/a', '1'])
    assert.equal(await get(opened, '/failover/a'), '1')
    const lease = await opened.grant(60)
    await opened.keepAlive(lease)
  })

  it('renews through another node when the stream of renewals is silent', async () => {
    await using stack = new AsyncDisposableStack()
    const relay = stack.use(await TcpRelay.listen({ port }))
    const origins = [`http://127.0.0.1:${relay.port}`, `http://127.0.0.1:${port}`]
    const opened = client(stack, { origins, answerMs: 300, random: { next: () => 0 } })
    const lease = await opened.grant(60)
    await opened.keepAlive(lease)
    relay.pause()
    await opened.keepAlive(lease)
  })

  it('rejects with RegistryUnavailableError, and why, when no node answers', async () => {
    await using stack = new AsyncDisposableStack()
    const relay = stack.use(await TcpRelay.listen({ port }))
    relay.refuse()
    const opened = client(stack, { origins: [`http://127.0.0.1:${relay.port}`] })
    await assert.rejects(opened.grant(60), (error: Error) => {
      assert.ok(error instanceof RegistryUnavailableError)
      assert.match(error.message, new RegExp(`etcd://127\\.0\\.0\\.1:${relay.port}`))
      return error.cause instanceof Error
    })
    await assert.rejects(opened.keepAlive('1'), RegistryUnavailableError)
  })

  it('ends its watches when their connection is lost', async () => {
    await using stack = new AsyncDisposableStack()
    const relay = stack.use(await TcpRelay.listen({ port }))
    const opened = client(stack, { origins: [`http://127.0.0.1:${relay.port}`] })
    const from = (await put(opened, ['/lost/a', '0'])) + 1
    const watcher = new Watcher(opened, '/lost/', from)
    await put(opened, ['/lost/a', '1'])
    await until(() => watcher.heard.length === 1, 'it hears')
    relay.cut()
    await until(() => watcher.error !== undefined, 'it is told')
    const again = new Watcher(opened, '/lost/', from)
    await until(() => again.heard.length === 1, 'another one goes on')
  })

  it('ends its watches when the other side is gone without a word', async () => {
    await using stack = new AsyncDisposableStack()
    const relay = stack.use(await TcpRelay.listen({ port }))
    const opened = client(stack, { origins: [`http://127.0.0.1:${relay.port}`], progressMs: 200 })
    const from = (await put(opened, ['/half/a', '0'])) + 1
    const watcher = new Watcher(opened, '/half/', from)
    await put(opened, ['/half/a', '1'])
    await until(() => watcher.heard.length === 1, 'it hears')
    relay.halfOpen()
    await until(() => watcher.error !== undefined, 'it is told')
    assert.match(String(watcher.error), /no sign of life/)
  })

  it('goes on over a connection that brings one byte at a time', async () => {
    await using stack = new AsyncDisposableStack()
    const relay = stack.use(await TcpRelay.listen({ port }))
    const opened = client(stack, { origins: [`http://127.0.0.1:${relay.port}`], answerMs: 20_000, progressMs: 60_000 })
    relay.trickle()
    const from = (await put(opened, ['/trickle/a', '0'])) + 1
    const watcher = new Watcher(opened, '/trickle/', from)
    const lease = await opened.grant(60)
    await opened.keepAlive(lease)
    await put(opened, ['/trickle/a', '绳'.repeat(500)])
    await until(() => watcher.heard.length === 1, 'it hears')
    assert.deepEqual(watcher.heard, [`/trickle/a=${'绳'.repeat(500)}`])
  })

  it('gives up at once when it is told to', async () => {
    await using stack = new AsyncDisposableStack()
    const relay = stack.use(await TcpRelay.listen({ port }))
    const opened = client(stack, { origins: [`http://127.0.0.1:${relay.port}`] })
    await put(opened, ['/abort/a', '1'])
    relay.pause()
    const reason = new Error('given up')
    const controller = new AbortController()
    const asked = [
      assert.rejects(opened.range({ key: encodeText('/abort/a') }, controller), reason),
      assert.rejects(opened.keepAlive('1', controller), reason),
    ]
    controller.abort(reason)
    await Promise.all(asked)
    await assert.rejects(opened.range({ key: encodeText('/abort/a') }, controller), reason)
  })

  it('shows what etcd refuses as such', async () => {
    await using stack = new AsyncDisposableStack()
    await assert.rejects(client(stack).range({ key: '' }), { code: 'ERR_ETCD_REFUSED', grpcCode: 3 })
  })

  it('says so when what answers is no etcd', async () => {
    await using stack = new AsyncDisposableStack()
    await assert.rejects(client(stack).call('/v3/nonsense', {}), { code: 'ERR_ETCD_REFUSED', message: /404|Not Found/ })
  })

  it('answers everything that is under way when it is closed', async () => {
    await using stack = new AsyncDisposableStack()
    const relay = stack.use(await TcpRelay.listen({ port }))
    const opened = client(stack, { origins: [`http://127.0.0.1:${relay.port}`] })
    await put(opened, ['/close/a', '1'])
    relay.pause()
    const watcher = new Watcher(opened, '/close/', 1)
    const asked = Promise.allSettled([opened.range({ key: encodeText('/close/a') }), opened.keepAlive('1')])
    opened.close()
    for (const { status } of await asked) assert.equal(status, 'rejected')
    assert.ok(watcher.error)
    await assert.rejects(opened.keepAlive('1'))
  })
}
