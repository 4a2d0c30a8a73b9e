import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { request } from '../../daemon/consul/consul-server.ts'
import { until } from '../../daemon/session/session-client.ts'

/** A connection from an address of this machine, on which so many questions are asked that have to wait; `heard` is what is answered. */
async function waiting(
  t: TestContext,
  url: URL,
  { from, count, index }: { from: string; count: number; index: number },
) {
  const socket = connect({ port: Number(url.port), host: '127.0.0.1', localAddress: from })
  t.after(() => socket.destroy())
  const answers = { text: '' }
  socket.on('error', () => {}).on('data', part => (answers.text += part))
  await once(socket, 'connect')
  const ask = `GET /v1/kv/a?index=${index}&wait=10m HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`
  socket.write(ask.repeat(count))
  return {
    statuses: () => answers.text.match(/HTTP\/1\.1 \d+/g)?.map(line => line.slice(9)) ?? [],
  }
}

describe('The places of those who wait for a change', () => {
  it('cannot be taken from others by one address that asks without end, by hundreds of connections', async t => {
    const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends: [new ConsulFrontend()] })
    t.after(() => daemon.stop())
    await daemon.start()
    const url = new URL(daemon.endpoints[0]?.replace('tcp:', 'http:') ?? '')
    const { index } = await request(`${url.href}v1/kv/a`)
    const greedy: Awaited<ReturnType<typeof waiting>>[] = []
    for (let count = 0; count < 250; count++)
      greedy.push(await waiting(t, url, { from: '127.0.0.1', count: 100, index }))
    const last = await waiting(t, url, { from: '127.0.0.1', count: 100, index })
    await until(() => last.statuses().length === 100, 'one address has its share')
    assert.deepEqual(new Set(last.statuses()), new Set(['429']))
    const other = await waiting(t, url, { from: '127.0.0.2', count: 1, index })
    await request(`${url.href}v1/kv/other`, { method: 'PUT', body: 'x' })
    assert.deepEqual([other.statuses(), greedy.flatMap(({ statuses }) => statuses())], [[], []])
    await request(`${url.href}v1/kv/a`, { method: 'PUT', body: 'x' })
    await until(() => other.statuses().length === 1, 'the other one is answered')
    await until(() => greedy.every(({ statuses }) => statuses().length === 100), 'all are answered')
    assert.deepEqual(other.statuses(), ['200'])
    const again = await waiting(t, url, { from: '127.0.0.1', count: 1, index })
    await until(() => again.statuses().length === 1, 'there is room again')
    assert.deepEqual(again.statuses(), ['200'])
  })
})
