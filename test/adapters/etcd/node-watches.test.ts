import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { encodeText } from '../../../src/adapters/etcd/base64.ts'
import { EtcdClient } from '../../../src/adapters/etcd/client.ts'
import { keysBelow } from '../../../src/adapters/etcd/key-range.ts'
import { missingEngine, startEtcd } from '../../engines/engines.ts'
import { until } from '../daemon/until.ts'

/** What stands between us and etcd, and how connections through it began. */
async function between(stack: AsyncDisposableStack, port: number, refuseHttp2: ((client: Socket) => void) | undefined) {
  const lines: string[] = []
  const open = new Set<Socket>()
  const server = createServer(client => {
    open.add(client.on('error', () => {}))
    client.once('data', bytes => {
      const [line = ''] = bytes.toString('latin1').split('\r\n')
      lines.push(line)
      if (refuseHttp2 && line.startsWith('PRI ')) return refuseHttp2(client)
      const target = connect(port, '127.0.0.1').on('error', () => client.destroy())
      open.add(target)
      target.write(bytes)
      client.pipe(target).pipe(client)
    })
  })
  stack.defer(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { lines, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const PROXIES: Readonly<Record<string, (client: Socket) => void>> = {
  refuses: client => client.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
  'hangs up on': client => client.resetAndDestroy(),
}

/** Watches, and then writes, many keys through what stands between; whether each was heard of once. */
async function hears(stack: AsyncDisposableStack, origin: string): Promise<void> {
  const client = stack.adopt(new EtcdClient({ origins: [origin], answerMs: 20_000, progressMs: 60_000 }), one =>
    one.close(),
  )
  const put = (key: string) =>
    client.txn({ success: [{ request_put: { key: encodeText(key), value: encodeText(key) } }] })
  const heard: string[] = []
  const errors: Error[] = []
  const listener = {
    onEvents: (events: ReadonlyArray<{ value: string }>) => void heard.push(...events.map(({ value }) => value)),
    onEnd: (error: Error) => void errors.push(error),
  }
  const { header } = await put('/w/begin')
  const keys = Array.from({ length: 20 }, (_, at) => `/w/${at}/x`)
  for (const at of keys.keys()) {
    client.watch({ range: keysBelow(`/w/${at}/`), fromRevision: Number(header.revision) + 1 }, listener)
  }
  for (const key of keys) await put(key)
  await until(() => heard.length === keys.length, 'all have been heard of')
  assert.deepEqual([heard.toSorted(), errors], [keys.toSorted(), []])
}

describe('Watches of a node', { skip: missingEngine('etcd') }, () => {
  let etcd: Awaited<ReturnType<typeof startEtcd>> | undefined
  before(async () => (etcd = await startEtcd()))
  after(() => etcd?.stop())

  it('go by gRPC, on one connection', async () => {
    await using stack = new AsyncDisposableStack()
    const { lines, origin } = await between(stack, etcd?.ports.client ?? 0, undefined)
    await hears(stack, origin)
    assert.deepEqual(
      lines.filter(line => !line.includes('/v3/kv/')),
      ['PRI * HTTP/2.0'],
    )
  })

  for (const [what, refuseHttp2] of Object.entries(PROXIES)) {
    it(`go by the gateway where something between ${what} what is not HTTP/1.1, and nobody notices`, async () => {
      await using stack = new AsyncDisposableStack()
      const { lines, origin } = await between(stack, etcd?.ports.client ?? 0, refuseHttp2)
      await hears(stack, origin)
      assert.deepEqual(
        lines.filter(line => !line.includes('/v3/kv/')),
        ['PRI * HTTP/2.0', 'POST /v3/watch HTTP/1.1'],
      )
    })
  }
})
