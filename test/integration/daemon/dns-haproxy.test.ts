import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { Agent, createServer, get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { DnsServer } from '../../../src/daemon/dns/dns-server.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { EngineServer } from '../../../tools/engines/servers/engine-server.ts'
import { missingEngine } from '../../engines/engines.ts'

/** An HAProxy that finds its servers by the DNS on `dnsPort`, as the guide shows. */
async function startHaproxy(t: TestContext, dnsPort: number) {
  const haproxy = await EngineServer.start({
    engine: 'haproxy',
    ports: ['http'],
    async arguments({ folder, ports }) {
      const file = join(folder, 'haproxy.cfg')
      await writeFile(file, configuration(ports.http, dnsPort))
      return ['-db', '-f', file]
    },
    isReady: async ({ ports }, signal) => (await ask(ports.http, signal)).status > 0,
  })
  t.after(() => haproxy.stop())
  return haproxy.ports.http
}

function configuration(port: number, dnsPort: number): string {
  return `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
resolvers ropewalk
  nameserver daemon 127.0.0.1:${dnsPort}
  accepted_payload_size 8192
  timeout resolve 1s
  hold valid 1s
frontend in
  bind 127.0.0.1:${port}
  default_backend users
backend users
  balance roundrobin
  server-template users 20 _users._tcp.service.consul resolvers ropewalk resolve-opts allow-dup-ip init-addr none
`
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 })

/** The status and the body of one request. */
async function ask(port: number, signal: AbortSignal = AbortSignal.timeout(60_000)) {
  const [response] = (await once(get({ host: '127.0.0.1', port, agent, signal }), 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, body: await text(response) }
}

/** An instance with a server of its own, on an interface of its own. */
async function startInstance(daemon: RegistryDaemon, id: string, host: string) {
  const server = createServer((_request, response) => void setTimeout(() => response.end(id), 5))
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const { store } = daemon
  assert.ok(store)
  const owner = store.leases.connect({ id: `session:${id}`, name: id })
  const endpoints = [`tcp://${host}:${port}`]
  const claim = store.leases.register(owner, createInstance({ serviceName: 'users', id, endpoints }), 600_000)
  return {
    async drainAndStop() {
      const report = await store.leases.drain(claim, { drainMs: 30_000 })
      store.leases.revoke(claim)
      server.close()
      server.closeAllConnections()
      return report
    },
  }
}

/** Asks without a pause until `stop` is called. */
function load(port: number) {
  const failures: unknown[] = []
  const bodies: string[] = []
  const stopping = new AbortController()
  const worker = async () => {
    while (!stopping.signal.aborted) {
      const { status, body } = await ask(port).catch((error: unknown) => ({ status: 0, body: String(error) }))
      if (status === 200) bodies.push(body)
      else failures.push(`${status} ${body}`)
      await delay(2)
    }
  }
  const workers = Promise.all([worker(), worker(), worker()])
  return { failures, bodies, stop: async () => (stopping.abort(), await workers) }
}

/** Waits until the last answers come from exactly these instances. */
async function answersFrom(bodies: readonly string[], ids: readonly string[]): Promise<void> {
  const signal = AbortSignal.timeout(60_000)
  for (;;) {
    const before = bodies.length
    while (bodies.length < before + 60) await delay(10, undefined, { signal })
    if ([...new Set(bodies.slice(before))].toSorted().join() === ids.join()) return
    signal.throwIfAborted()
  }
}

describe('HAProxy that finds its servers by our DNS', { skip: missingEngine('haproxy') }, () => {
  it('follows a service up and down, and drops no request when an instance drains', async t => {
    const dns = new DnsServer({ endpoint: 'tcp:0:interface=127.0.0.1' })
    const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', dns })
    t.after(() => daemon.stop())
    t.after(() => agent.destroy())
    await daemon.start()
    const first = await startInstance(daemon, 'a', '127.0.0.2')
    const port = await startHaproxy(t, dns.endpoint.port)
    while ((await ask(port)).status !== 200) await delay(50)
    const { failures, bodies, stop } = load(port)
    await answersFrom(bodies, ['a'])
    const others = [await startInstance(daemon, 'b', '127.0.0.3'), await startInstance(daemon, 'c', '127.0.0.4')]
    await answersFrom(bodies, ['a', 'b', 'c'])
    assert.equal((await first.drainAndStop()).acknowledged, true)
    await answersFrom(bodies, ['b', 'c'])
    assert.equal((await others[0]?.drainAndStop())?.acknowledged, true)
    await answersFrom(bodies, ['c'])
    await stop()
    await others[1]?.drainAndStop()
    assert.deepEqual(failures, [])
    t.diagnostic(`${bodies.length} requests, none failed`)
  })
})
