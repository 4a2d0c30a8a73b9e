import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { dnsConfigOf } from '../../../src/cli/consul-compat/dns-config.ts'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { DnsServer, type DnsServerOptions } from '../../../src/daemon/dns/dns-server.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { askByTcp, askByUdp, queryFor, type QueryInit, readAnswer } from '../../daemon/dns/queries.ts'
import { missingEngine, startConsul } from '../../engines/engines.ts'

/** What both registries know. */
interface Known {
  readonly name: string
  readonly id: string
  readonly address: string
  readonly port: number
  readonly tags?: readonly string[]
  readonly weight?: number
  /** Of its check. Default: it has none. */
  readonly status?: 'passing' | 'warning' | 'critical'
}

const SERVICES: readonly Known[] = [
  { name: 'web', id: 'web-1', address: '10.0.0.1', port: 8001, tags: ['v1', 'a.b'], weight: 5 },
  { name: 'web', id: 'web-2', address: '10.0.0.2', port: 8002, tags: ['v1'] },
  { name: 'web', id: 'web-3', address: '10.0.0.2', port: 8003, tags: ['V2'] },
  { name: 'host', id: 'host', address: 'example.test', port: 80 },
  { name: 'six', id: 'six', address: 'fd00::1', port: 443 },
  { name: 'noaddr', id: 'noaddr', address: '', port: 80 },
  { name: 'ill', id: 'ill-1', address: '10.0.2.1', port: 1, status: 'critical' },
  { name: 'ill', id: 'ill-2', address: '10.0.2.2', port: 2, weight: 9, status: 'warning' },
  { name: 'ill', id: 'ill-3', address: '10.0.2.3', port: 3, weight: 9, status: 'passing' },
  { name: 'dead', id: 'dead', address: '10.0.2.4', port: 4, status: 'critical' },
  { name: 'Upper', id: 'upper', address: '10.0.0.9', port: 80 },
  ...Array.from({ length: 20 }, (_, index) => ({
    name: 'many',
    id: `m${index}`,
    address: `10.0.1.${index}`,
    port: index + 1,
  })),
]

/** Questions to both. */
const QUESTIONS: readonly (readonly [name: string, ...types: string[]])[] = [
  ['web.service.consul', 'A', 'AAAA', 'SRV', 'ANY', 'TXT', 'MX', 'NS', 'SOA'],
  ['WEB.Service.consul', 'A', 'SRV'],
  ['web.service.dc1.consul', 'A', 'SRV'],
  ['web.service.dc9.consul', 'A'],
  ['web.service.x.dc1.consul', 'A'],
  ['v1.web.service.consul', 'A', 'SRV'],
  ['v2.web.service.consul', 'A', 'SRV'],
  ['a.b.web.service.consul', 'A'],
  ['none.web.service.consul', 'A', 'SRV'],
  ['_web._tcp.service.consul', 'SRV', 'A'],
  ['_web._v1.service.dc1.consul', 'SRV'],
  ['_web._tcp.consul', 'SRV', 'A'],
  ['_none._tcp.service.consul', 'SRV'],
  ['upper.service.consul', 'A'],
  ['none.service.consul', 'A', 'SRV', 'ANY'],
  ['noaddr.service.consul', 'A', 'SRV', 'ANY'],
  ['ill.service.consul', 'A', 'SRV'],
  ['dead.service.consul', 'A', 'SRV'],
  ['consul.service.consul', 'A', 'SRV'],
  ['external.service.consul', 'A', 'SRV'],
  ['far.external.service.consul', 'A'],
  ['ext-1.node.consul', 'A', 'TXT', 'ANY', 'AAAA'],
  ['1.0.9.10.in-addr.arpa', 'PTR'],
  ['q-web.query.consul', 'A', 'SRV'],
  ['q-web.query.dc1.consul', 'A'],
  ['near-web.query.consul', 'A', 'SRV'],
  ['near-none.query.consul', 'A'],
  ['q-upper.query.consul', 'A', 'SRV'],
  ['Q-Upper.query.consul', 'A'],
  ['by-web.query.consul', 'A'],
  ['host.service.consul', 'A', 'AAAA', 'SRV'],
  ['six.service.consul', 'A', 'AAAA', 'SRV', 'ANY'],
  ['n0.node.consul', 'A', 'AAAA', 'SRV', 'MX'],
  ['n0.node.dc1.consul', 'A'],
  ['none.node.consul', 'A', 'TXT'],
  ['0a000001.addr.consul', 'A', 'AAAA', 'SRV'],
  ['0a000001.addr.dc1.consul', 'A'],
  ['fd000000000000000000000000000001.addr.consul', 'AAAA'],
  ['zz.addr.consul', 'A'],
  ['zz000001.addr.consul', 'A'],
  ['none.query.consul', 'A'],
  ['web.connect.consul', 'A'],
  ['web.ingress.consul', 'A'],
  ['foo.bar.consul', 'A'],
  ['service.consul', 'A'],
  ['node.consul', 'A'],
  ['consul', 'A', 'AAAA', 'NS', 'SOA', 'TXT', 'ANY', 'SRV'],
  ['ns.consul', 'A'],
  ['1.0.0.10.in-addr.arpa', 'PTR', 'A'],
  ['1.0.0.127.in-addr.arpa', 'PTR'],
  ['www.example.com', 'A', 'AAAA', 'SRV'],
  ['web.service', 'A'],
]

describe('DNS of the registry daemon, beside that of Consul', { skip: missingEngine('consul') }, () => {
  let consul: Awaited<ReturnType<typeof startConsul>>
  let daemon: RegistryDaemon
  let dns: DnsServer

  before(async () => {
    consul = await startConsul()
    const api = new ConsulFrontend({ nodeName: 'n0', serverPort: consul.ports.server })
    const endpoint = 'tcp:0:interface=127.0.0.1'
    dns = new DnsServer({ endpoint, nodeName: 'n0', catalog: (_context, defaults) => api.dnsCatalog(defaults) })
    daemon = new RegistryDaemon({ endpoint, dns, frontends: [api], settleMs: 0 })
    await daemon.start()
    await tell(consul.ports.http)
    await tell(Number(new URL(daemon.endpoints[0] ?? '').port))
    while (!daemon.store?.rosters.settled) await setImmediate()
  })

  after(async () => {
    await daemon?.stop()
    await consul?.stop()
  })

  /** What Consul says, and what the daemon says, without the order, which is by chance. */
  async function both(
    name: string,
    type: string,
    { by = askByUdp, ...init }: QueryInit & { by?: typeof askByUdp } = {},
  ) {
    const query = queryFor(name, type, init)
    const [theirs, ours] = await Promise.all([by(consul.ports.dns, query), by(dns.endpoint.port, query)])
    return [comparable(theirs), comparable(ours)] as const
  }

  for (const [name, ...types] of QUESTIONS) {
    it(`says the same of ${name}`, async () => {
      for (const type of types) {
        const [theirs, ours] = await both(name, type)
        assert.deepEqual(ours, theirs, type)
        const [theirsByTcp, oursByTcp] = await both(name, type, { by: askByTcp })
        assert.deepEqual(oursByTcp, theirsByTcp, `${type} by TCP`)
      }
    })
  }

  it('gives as many answers as Consul, by chance others each time', async () => {
    for (const type of ['A', 'SRV']) {
      for (const init of [{}, { payloadBytes: 512 }, { payloadBytes: 4096 }, { by: askByTcp }]) {
        const [theirs, ours] = (await both('many.service.consul', type, init)).map(
          ({ answers, flags }) => `${answers.length} ${flags}`,
        )
        assert.equal(ours, theirs, `${type} ${JSON.stringify(init)}`)
      }
    }
  })

  it('fits as much into a message as Consul', async () => {
    for (const payloadBytes of [600, 800, 1232]) {
      const [theirs, ours] = await both('many.service.consul', 'SRV', { payloadBytes })
      assert.ok(ours.answers.length >= theirs.answers.length, `${ours.answers.length} and ${theirs.answers.length}`)
    }
  })
})

const CONFIG = {
  node_ttl: '7s',
  service_ttl: { '*': '5s', web: '30s', 'ma*': '11s' },
  enable_truncate: true,
  udp_answer_limit: 2,
  a_record_limit: 4,
  soa: { refresh: 1, retry: 2, expire: 3, min_ttl: 4 },
}

describe('DNS of the registry daemon, told what a dns_config tells Consul', { skip: missingEngine('consul') }, () => {
  it('answers for as long, in as many records, and cut in the same places', async t => {
    const consul = await startConsul({ config: { dns_config: CONFIG } })
    t.after(() => consul.stop())
    const api = new ConsulFrontend({ nodeName: 'n0', serverPort: consul.ports.server })
    const endpoint = 'tcp:0:interface=127.0.0.1'
    const catalog: DnsServerOptions['catalog'] = (_context, defaults) => api.dnsCatalog(defaults)
    const dns = new DnsServer({ ...dnsConfigOf(CONFIG, CONFIG.soa), endpoint, nodeName: 'n0', catalog })
    const daemon = new RegistryDaemon({ endpoint, dns, frontends: [api], settleMs: 0 })
    t.after(() => daemon.stop())
    await daemon.start()
    await tell(consul.ports.http)
    await tell(Number(new URL(daemon.endpoints[0] ?? '').port))
    while (!daemon.store?.rosters.settled) await setImmediate()
    for (const [name, ...types] of [...QUESTIONS, ['many.service.consul', 'A', 'SRV', 'ANY']] as typeof QUESTIONS) {
      for (const type of types) {
        for (const init of [{}, { payloadBytes: 4096 }, { by: askByTcp }]) {
          const { by = askByUdp, ...rest } = init as { by?: typeof askByUdp } & QueryInit
          const query = queryFor(name, type, rest)
          const [theirs, ours] = await Promise.all([by(consul.ports.dns, query), by(dns.endpoint.port, query)])
          assert.deepEqual(shape(ours), shape(theirs), `${name} ${type} ${JSON.stringify(rest)}`)
        }
      }
    }
  })
})

/** Of an answer what does not go by chance: how many records there are of which type and for how long. */
function shape(bytes: Buffer) {
  const { code, flags, answers, authorities } = readAnswer(bytes)
  return { code, flags, answers: answers.map(line => line.split(' ').slice(0, 3).join(' ')).toSorted(), authorities }
}

/** An answer without what is by chance, of the moment, or Consul's own: what a node says of itself. */
function comparable(bytes: Buffer) {
  const { code, flags, answers, authorities, additionals } = readAnswer(bytes)
  return {
    code,
    flags,
    answers: answers.toSorted(),
    authorities,
    additionals: [...new Set(additionals)].filter(line => !line.includes('consul-network-segment')).toSorted(),
  }
}

/** What is asked of both, so that they know the same. */
function requests(): [method: string, path: string, body?: object][] {
  const services = SERVICES.map(({ name, id, address, port, tags = [], weight = 1, status }) => ({
    Name: name,
    ID: id,
    Address: address,
    Port: port,
    Tags: tags,
    Weights: { Passing: weight, Warning: 3 },
    Check: status ? { TTL: '1h', Status: status } : undefined,
  }))
  const external = {
    Node: 'Ext-1',
    Address: '10.9.0.1',
    NodeMeta: { rack: '7', 'rfc1035-note': 'hello' },
    Service: { Service: 'external', ID: 'e1', Port: 70, Tags: ['far'] },
  }
  const named = { Name: 'q-web', Service: { Service: 'web', Tags: ['v1'] }, DNS: { TTL: '30s' } }
  const template = { Name: 'near-', Template: { Type: 'name_prefix_match' }, Service: { Service: '${name.suffix}' } }
  return [
    ...services.map((body): [string, string, object] => ['PUT', '/v1/agent/service/register', body]),
    ['PUT', '/v1/catalog/register', external],
    ['POST', '/v1/query', named],
    ['POST', '/v1/query', template],
    ['POST', '/v1/query', { ...named, Name: 'Q-Upper' }],
    ['POST', '/v1/query', { ...template, Name: 'By-' }],
  ]
}

async function tell(port: number): Promise<void> {
  for (const [method, path, body] of requests()) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: JSON.stringify(body) })
    assert.equal(answer.status, 200, await answer.text())
  }
}
