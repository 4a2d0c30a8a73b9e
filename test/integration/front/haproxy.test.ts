import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { EtcdRegistry } from '../../../src/adapters/etcd/index.ts'
import { freePort } from '../../../src/cli/up/free-port.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { EngineServer } from '../../../tools/engines/servers/engine-server.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { until } from '../../adapters/daemon/until.ts'
import { missingEngine, startEtcd } from '../../engines/engines.ts'
import { FrontProcess } from './front-process.ts'

const skip = missingEngine('etcd') || missingEngine('haproxy')

const configurationOf = (port: number, dnsPort: number) => `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
resolvers front
  nameserver front 127.0.0.1:${dnsPort}
  accepted_payload_size 8192
  timeout resolve 1s
  hold valid 1s
frontend in
  bind 127.0.0.1:${port}
  default_backend users
backend users
  balance roundrobin
  server-template users 5 _users._tcp.service.ropewalk resolvers front resolve-opts allow-dup-ip init-addr none
`

/** What an HAProxy that asks the DNS on `dnsPort` for its servers is asked by: the body of the answer, or its status. */
async function haproxyOf(t: TestContext, dnsPort: number): Promise<() => Promise<string>> {
  let port = 0
  const ask = async (signal = AbortSignal.timeout(PATIENCE_MS)) => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal })
    const body = await answer.text()
    return answer.ok ? body : String(answer.status)
  }
  const haproxy = await EngineServer.start({
    engine: 'haproxy',
    ports: ['http'],
    async arguments({ folder, ports }) {
      port = ports.http
      const file = join(folder, 'haproxy.cfg')
      await writeFile(file, configurationOf(port, dnsPort))
      return ['-db', '-f', file]
    },
    isReady: async (_, signal) => (await ask(signal)) !== '',
  })
  t.after(() => haproxy.stop())
  return () => ask()
}

/** An instance with a server of its own, on an interface of its own. */
async function instanceOn(t: TestContext, host: string) {
  const server = createServer((_request, response) => response.end(host)).listen(0, host)
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return createInstance({ serviceName: 'users', id: host, endpoints: [`tcp://${host}:${port}`] })
}

describe('HAProxy', { skip }, () => {
  it('sends requests to what is registered in etcd, found by the DNS of a front', async t => {
    await using etcd = await startEtcd()
    const endpoint = `127.0.0.1:${etcd.ports.client}`
    const registry = new EtcdRegistry({ endpoints: [endpoint] })
    t.after(() => registry.close())
    const leases = []
    for (const host of ['127.0.0.2', '127.0.0.3'])
      leases.push(await registry.register(await instanceOn(t, host), { ttlMs: 600_000 }))
    const dnsPort = await freePort()
    await FrontProcess.start(t, `etcd://${endpoint}`, '--dns', `tcp:${dnsPort}:interface=127.0.0.1`)
    const ask = await haproxyOf(t, dnsPort)
    /** Who has answered the last of many requests. */
    const answering = async () => {
      const answers = new Set<string>()
      for (let times = 0; times < 10; times++) answers.add(await ask())
      return [...answers].toSorted().join()
    }
    await until(async () => (await answering()) === '127.0.0.2,127.0.0.3', 'both answer', PATIENCE_MS)
    await leases[0]?.revoke()
    await until(async () => (await answering()) === '127.0.0.3', 'only the other answers', PATIENCE_MS)
    assert.equal(await ask(), '127.0.0.3')
  })
})
