import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'node:test'
import { encodeText } from '../../../src/adapters/etcd/base64.ts'
import { EtcdClient, type EtcdClientOptions } from '../../../src/adapters/etcd/client.ts'
import { GrpcCall, type GrpcCallOptions } from '../../../src/adapters/etcd/grpc/grpc-call.ts'
import { encodeQuestion } from '../../../src/adapters/etcd/grpc/watch-messages.ts'
import { keysBelow } from '../../../src/adapters/etcd/key-range.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { missingEngine, startEtcd } from '../../engines/engines.ts'
import { until } from '../../adapters/daemon/until.ts'

const certificate = (name: string) => fileURLToPath(new URL(`../../endpoint/certificates/${name}`, import.meta.url))
const pem = (name: string) => readFileSync(certificate(name), 'utf8')

function client(stack: AsyncDisposableStack, port: number, options: Partial<EtcdClientOptions> = {}): EtcdClient {
  const opened = new EtcdClient({ origins: [`http://127.0.0.1:${port}`], ...options })
  return stack.adopt(opened, one => one.close())
}

const put = (opened: EtcdClient, key: string) =>
  opened.txn({ success: [{ request_put: { key: encodeText(key), value: encodeText('x'.repeat(50_000)) } }] })

/** An etcd that asks for user and password: root may do everything, `reader` may read what is below `/read/`. */
async function guarded(stack: AsyncDisposableStack, args: readonly string[] = []): Promise<number> {
  const etcd = stack.use(await startEtcd({ args }))
  const open = client(stack, etcd.ports.client)
  const { key, range_end } = keysBelow('/read/')
  await open.call('/v3/auth/user/add', { name: 'root', password: 'secret' })
  await open.call('/v3/auth/user/add', { name: 'reader', password: 'wörd' })
  await open.call('/v3/auth/role/add', { name: 'reading' })
  await open.call('/v3/auth/role/grant', { name: 'reading', perm: { permType: 'READ', key, range_end } })
  await open.call('/v3/auth/user/grant', { user: 'reader', role: 'reading' })
  await open.call('/v3/auth/user/grant', { user: 'root', role: 'root' })
  await open.call('/v3/auth/enable', {})
  return etcd.ports.client
}

/** Whether watches go by gRPC there, and not by the gateway. */
async function speaksGrpc(stack: AsyncDisposableStack, there: Pick<GrpcCallOptions, 'node' | 'tls'>): Promise<boolean> {
  const answered = Promise.withResolvers<boolean>()
  const listener = {
    onMessage: () => answered.resolve(true),
    onEnd: answered.reject,
    onStranger: () => answered.resolve(false),
  }
  const path = '/etcdserverpb.Watch/Watch'
  const call = new GrpcCall({ ...there, path, metadata: {}, connectMs: 20_000, clock: systemClock, listener })
  stack.defer(() => call.end(new Error('the test is over')))
  call.write([encodeQuestion({ create_request: { ...keysBelow('/a'), start_revision: '0', watch_id: '1' } })])
  return answered.promise
}

const root = { name: 'root', password: 'secret' }
const reader = { name: 'reader', password: 'wörd' }

describe('EtcdClient', { skip: missingEngine('etcd') }, () => {
  it('is let in with user and password, and not without or with others', async () => {
    await using stack = new AsyncDisposableStack()
    const port = await guarded(stack)
    await put(client(stack, port, { user: root }), '/read/a')
    await client(stack, port, { user: reader }).range(keysBelow('/read/'))
    const denied = { code: 'ERR_ETCD_ACCESS' }
    await assert.rejects(put(client(stack, port, { user: reader }), '/read/a'), denied)
    await assert.rejects(put(client(stack, port), '/read/a'), denied)
    const wrong = client(stack, port, { user: { name: 'root', password: 'hunter2' } })
    await assert.rejects(put(wrong, '/read/a'), (error: Error) => {
      assert.doesNotMatch(`${error.message} ${error.stack}`, /hunter2/)
      return 'code' in error && error.code === 'ERR_ETCD_ACCESS'
    })
  })

  it('watches what its user may read, and is told of the rest', async () => {
    await using stack = new AsyncDisposableStack()
    const port = await guarded(stack)
    const opened = client(stack, port, { user: reader })
    let heard = 0
    let error: Error | undefined
    const listener = { onEvents: () => void heard++, onEnd: () => {} }
    opened.watch({ range: keysBelow('/read/'), fromRevision: 1 }, listener)
    opened.watch({ range: keysBelow('/other/'), fromRevision: 1 }, { ...listener, onEnd: end => (error = end) })
    await put(client(stack, port, { user: root }), '/read/a')
    await until(() => heard === 1 && error !== undefined, 'one hears and the other is told')
    assert.equal((error as Error & { code?: string }).code, 'ERR_ETCD_ACCESS')
  })

  it('asks for another token when etcd does not take the old one any more, without anybody noticing', async () => {
    await using stack = new AsyncDisposableStack()
    const port = await guarded(stack, ['--auth-token-ttl=1'])
    const opened = client(stack, port, { user: root })
    let heard = 0
    const ends: Error[] = []
    const listener = { onEvents: () => void heard++, onEnd: (error: Error) => void ends.push(error) }
    const watch = () => opened.watch({ range: keysBelow('/read/'), fromRevision: 1 }, listener)
    watch()
    await put(opened, '/read/a')
    await until(() => heard === 1, 'it hears')
    await until(async () => {
      watch()
      await new Promise(resolve => setTimeout(resolve, 1_500))
      return ends.length > 0
    }, 'the token of the stream has run out')
    const before = heard
    watch()
    await put(opened, '/read/a')
    await until(() => heard >= before + 2, 'old and new watches hear')
  })

  it('uses no token where etcd asks for none', async () => {
    await using stack = new AsyncDisposableStack()
    const etcd = stack.use(await startEtcd())
    await put(client(stack, etcd.ports.client, { user: root }), '/a')
  })

  it('speaks TLS, knows its etcd by the authority, and shows its own certificate', async () => {
    await using stack = new AsyncDisposableStack()
    const files = { cert: 'localhost.pem', key: 'localhost.key' }
    const args = [`--cert-file=${certificate(files.cert)}`, `--key-file=${certificate(files.key)}`]
    const etcd = stack.use(await startEtcd({ scheme: 'https', args }))
    const origins = [`https://127.0.0.1:${etcd.ports.client}`]
    const trusted = { ca: pem('ca.pem'), serverName: 'localhost', cert: pem(files.cert), key: pem(files.key) }
    const opened = client(stack, 0, { origins, tls: trusted })
    await put(opened, '/a')
    let heard = 0
    opened.watch({ range: keysBelow('/a'), fromRevision: 1 }, { onEvents: () => void heard++, onEnd: () => {} })
    await opened.keepAlive(await opened.grant(60))
    await until(() => heard === 1, 'it hears')
    assert.equal(
      await speaksGrpc(stack, { node: origins[0] ?? '', tls: { ...trusted, servername: 'localhost' } }),
      true,
    )
    await assert.rejects(put(client(stack, 0, { origins }), '/a'), { code: 'ERR_REGISTRY_UNAVAILABLE' })
  })

  it('says which certificate is taken where etcd asks for user and password too', async () => {
    await using stack = new AsyncDisposableStack()
    const files = { 'cert-file': 'localhost.pem', 'key-file': 'localhost.key', 'trusted-ca-file': 'ca.pem' }
    const args = Object.entries(files).map(([option, name]) => `--${option}=${certificate(name)}`)
    const etcd = stack.use(await startEtcd({ scheme: 'https', args: [...args, '--client-cert-auth'] }))
    const origins = [`https://127.0.0.1:${etcd.ports.client}`]
    const tls = { ca: pem('ca.pem'), cert: pem('localhost.pem'), key: pem('localhost.key') }
    const open = client(stack, 0, { origins, tls })
    await open.call('/v3/auth/user/add', root)
    await open.call('/v3/auth/role/add', { name: 'root' })
    await open.call('/v3/auth/user/grant', { user: 'root', role: 'root' })
    await open.call('/v3/auth/enable', {})
    await assert.rejects(put(client(stack, 0, { origins, tls, user: root }), '/a'), { code: 'ERR_ETCD_CERTIFICATE' })
  })

  it('says that the database is full when it is', async () => {
    await using stack = new AsyncDisposableStack()
    const etcd = stack.use(await startEtcd({ args: ['--quota-backend-bytes=2000000'] }))
    const opened = client(stack, etcd.ports.client)
    const fill = async () => {
      for (let at = 0; at < 200; at++) await put(opened, '/a')
    }
    await assert.rejects(fill(), { code: 'ERR_ETCD_SPACE', message: /NOSPACE/ })
    await opened.range(keysBelow('/a'))
  })
})
