import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { DnsServer } from '../../../src/daemon/dns/dns-server.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'

const ENDPOINT = 'tcp:0:interface=127.0.0.1'

const hasDig = spawnSync('dig', ['-v']).status === 0
const skip = hasDig ? false : 'dig (of the package bind9-dnsutils) is not installed'

/** What is registered by the Consul API: name, address, and port. */
const SERVICES: readonly (readonly [name: string, address: string, port: number])[] = [
  ['web', '10.0.0.1', 8001],
  ['six', 'fd00::1', 443],
  ['mixed', '10.0.0.2', 80],
  ['mixed', 'host.example.', 80],
  ['odd', '10.0.0.3', 70_000],
  ...Array.from({ length: 20 }, (_, index) => ['many', `10.0.1.${index}`, 9000 + index] as const),
]

describe('dig', { skip }, () => {
  let daemon: RegistryDaemon
  let dns: DnsServer

  before(async () => {
    const api = new ConsulFrontend({ nodeName: 'n0' })
    const catalog = (_context: unknown, defaults: Parameters<typeof api.dnsCatalog>[0]) => api.dnsCatalog(defaults)
    dns = new DnsServer({ endpoint: ENDPOINT, nodeName: 'n0', ttlMs: 7_000, catalog })
    daemon = new RegistryDaemon({ endpoint: ENDPOINT, dns, frontends: [api], settleMs: 0 })
    await daemon.start()
    const { port } = new URL(daemon.endpoints[0] ?? '')
    for (const [name, address, servicePort] of SERVICES) {
      const Service = { Service: name, ID: address, Address: address, Port: servicePort }
      const body = JSON.stringify({ Node: 'far', Address: '10.9.0.1', Service })
      const answer = await fetch(`http://127.0.0.1:${port}/v1/catalog/register`, { method: 'PUT', body })
      assert.equal(answer.status, 200, await answer.text())
    }
  })

  after(() => daemon?.stop())

  /** What dig prints, with one space where it puts several. */
  async function dig(...question: string[]): Promise<string> {
    const args = ['-r', '@127.0.0.1', '-p', String(dns.endpoint.port), '+tries=5', '+time=10', ...question]
    const { stdout } = await promisify(execFile)('dig', args)
    return stdout.replaceAll(/[ \t]+/g, ' ')
  }

  /** The records that dig prints, one a line. */
  async function records(...question: string[]): Promise<string[]> {
    const text = await dig('+noall', '+answer', '+authority', '+additional', ...question)
    return text.split('\n').filter(line => line !== '' && !line.startsWith(';'))
  }

  it('reads servers with their addresses, and addresses of both families', async () => {
    assert.deepEqual(await records('web.service.consul', 'SRV'), [
      'web.service.consul. 7 IN SRV 1 1 8001 0a000001.addr.dc1.consul.',
      '0a000001.addr.dc1.consul. 7 IN A 10.0.0.1',
    ])
    assert.deepEqual(await records('six.service.consul', 'AAAA'), ['six.service.consul. 7 IN AAAA fd00::1'])
    assert.deepEqual(await records('-x', 'fd00::1', '+short'), ['six.service.dc1.consul.'])
    assert.deepEqual(await records('-x', '10.9.0.1', '+short'), ['far.node.dc1.consul.'])
  })

  it('gets the name back as it wrote it, and no part of the answer that it has to complain about', async () => {
    const text = await dig('WeB.sErViCe.CoNsUl', 'A', '+norecurse', '+cookie', '+subnet=10.0.0.0/8')
    assert.match(text, /WeB\.sErViCe\.CoNsUl\. 7 IN A 10\.0\.0\.1/)
    assert.match(text, /flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1/)
    assert.doesNotMatch(text, /WARNING|malformed|extra|mismatch/i)
  })

  it('gets three by UDP without EDNS0, and all with it and by TCP', async () => {
    const counts = await Promise.all(
      [['+noedns'], ['+bufsize=1232'], ['+tcp'], ['+tcp', '+keepopen']].map(async options => {
        const lines = await records('many.service.consul', 'SRV', ...options)
        return lines.filter(line => line.includes(' SRV ')).length
      }),
    )
    assert.deepEqual(counts, [3, 20, 20, 20])
  })

  it('is told why there is no answer', async () => {
    const soa = /AUTHORITY SECTION:\nconsul\. 7 IN SOA ns\.consul\. hostmaster\.consul\. \d+ 3600 600 86400 0/
    for (const [question, status, more] of [
      [['none.service.consul'], 'NXDOMAIN', soa],
      [['web.service.consul', 'AAAA'], 'NOERROR', soa],
      [['mixed.service.consul', 'TYPE65'], 'NOERROR', soa],
      [['www.example.com'], 'REFUSED', /ANSWER: 0/],
      [['version.bind', 'CH', 'TXT'], 'REFUSED', /ANSWER: 0/],
      [['web.service.consul', '+opcode=status'], 'NOTIMP', /ANSWER: 0/],
      [['+header-only'], 'FORMERR', /ANSWER: 0/],
      [['web.service.consul', '+edns=1', '+noednsnegotiation'], 'BADVERS', /EDNS: version: 0/],
    ] as const) {
      const text = await dig(...question)
      assert.match(text, new RegExp(`status: ${status},`), question.join(' '))
      assert.match(text, more, question.join(' '))
    }
  })

  it('does not end the daemon by asking for a server whose port is no port', async () => {
    assert.match(await dig('odd.service.consul', 'SRV'), /status: NOERROR,.*\n.*ANSWER: 0/)
    assert.deepEqual(await records('odd.service.consul', 'A'), ['odd.service.consul. 7 IN A 10.0.0.3'])
  })
})
