import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { DnsInstance } from '../../../src/daemon/dns/catalog.ts'
import type { Transport } from '../../../src/daemon/dns/responder.ts'
import { asker, instance, many } from './asker.ts'
import { queryFor, readAnswer } from './queries.ts'

const SOA = 'consul 0 SOA ns.consul hostmaster.consul # 3600 600 86400 0'
const META = ['N1.node.dc1.consul 0 TXT "rack=7"', 'N1.node.dc1.consul 0 TXT "hello"']

describe('Responder', () => {
  it('answers A and AAAA by family, with the name as it was asked', () => {
    const web = [instance(), instance({ address: 'fd00::1' })]
    const { ask } = asker({ services: { web } })
    assert.deepEqual(ask('Web.service.consul', 'A').answers, ['Web.service.consul 0 A 10.0.0.1'])
    assert.deepEqual(ask('web.service.consul', 'AAAA').answers, ['web.service.consul 0 AAAA fd00::1'])
    assert.equal(ask('web.service.consul', 'ANY').answers.length, 2)
    assert.equal(ask('web.service.ropewalk', 'A').answers[0], 'web.service.ropewalk 0 A 10.0.0.1')
  })

  it('answers SRV with the addresses of the targets, and what the nodes say', () => {
    const web = [
      instance({ weight: 5 }),
      instance({ address: '', port: 9 }),
      instance({ address: 'x.example', port: 7 }),
    ]
    const { answers, additionals } = asker({ services: { web } }).ask('_web._tcp.service.consul', 'SRV')
    assert.deepEqual(answers.toSorted(), [
      '_web._tcp.service.consul 0 SRV 1 1 7 x.example',
      '_web._tcp.service.consul 0 SRV 1 1 9 N1.node.dc1.consul',
      '_web._tcp.service.consul 0 SRV 1 5 8001 0a000001.addr.dc1.consul',
    ])
    assert.deepEqual(
      additionals.toSorted(),
      ['0a000001.addr.dc1.consul 0 A 10.0.0.1', 'N1.node.dc1.consul 0 A 127.0.0.1', ...META].toSorted(),
    )
  })

  it('filters by tag whatever its case, and tells each place once', () => {
    const web = [instance({ tags: ['V1'] }), instance({ tags: ['v1'], port: 8002 }), instance({ address: '10.0.0.9' })]
    const { ask } = asker({ services: { web } })
    assert.deepEqual(ask('v1.web.service.consul', 'A').answers, ['v1.web.service.consul 0 A 10.0.0.1'])
    assert.equal(ask('_web._v1.service.consul', 'SRV').answers.length, 2)
    assert.equal(ask('v9.web.service.consul', 'A').code, 'NXDOMAIN')
  })

  it('tells a missing name from a name without records of the type', () => {
    const { ask } = asker({ services: { web: [instance()], away: undefined } })
    for (const name of [
      'none.service.consul',
      'web.service.dc9.consul',
      'consul',
      'x.consul',
      'p.query.consul',
      'n9.node.consul',
    ]) {
      const { code, flags, answers, authorities } = ask(name, 'A')
      assert.deepEqual([code, flags, answers, authorities], ['NXDOMAIN', 'qr aa rd', [], [SOA]], name)
    }
    for (const type of ['AAAA', 'MX']) {
      const { code, answers, authorities } = ask('web.service.consul', type)
      assert.deepEqual([code, answers, authorities], ['NOERROR', [], [SOA]])
    }
    assert.equal(ask('away.service.consul', 'A').code, 'SERVFAIL')
    assert.equal(ask('secret.service.consul', 'A').code, 'REFUSED')
  })

  it('refuses names of others, other classes, transfers and EDNS of the future', () => {
    const { ask, bytes, responder } = asker({ services: { web: [instance()] } })
    for (const name of ['www.example.com', '9.0.0.10.in-addr.arpa']) {
      const { code, flags } = ask(name, 'A')
      assert.deepEqual([code, flags], ['REFUSED', 'qr rd'])
    }
    assert.equal(ask('web.service.consul', 'A', { class: 'CH' }).code, 'REFUSED')
    assert.equal(ask('web.service.consul', 'AXFR').code, 'REFUSED')
    const future = queryFor('web.service.consul', 'A', { payloadBytes: 512 })
    future[future.length - 5] = 1
    const reply = responder.reply(future, 'udp')
    assert.ok(reply.kind === 'answer')
    assert.deepEqual([reply.bytes[3]! & 0xf, reply.bytes.at(-6)], [0, 1])
    assert.equal(bytes('web.service.consul', 'A', { id: 65_535 }).readUInt16BE(0), 65_535)
  })

  it('leaves names of others to whoever asks elsewhere', () => {
    const { responder, ask } = asker({ services: { web: [instance()] }, settings: { recurses: true } })
    assert.equal(responder.reply(queryFor('www.example.com', 'A'), 'udp').kind, 'foreign')
    assert.equal(responder.reply(queryFor('9.0.0.10.in-addr.arpa', 'PTR'), 'udp').kind, 'foreign')
    assert.equal(ask('web.service.consul', 'A').flags, 'qr aa rd ra')
  })

  it('answers for nodes, addresses, holders of addresses, and its domains', () => {
    const { ask } = asker()
    const told = (name: string, type: string) => {
      const { code, answers, authorities, additionals } = ask(name, type)
      return [code, answers, authorities, additionals]
    }
    const meta = ['n1.node.consul 0 TXT "rack=7"', 'n1.node.consul 0 TXT "hello"']
    assert.deepEqual(told('n1.node.consul', 'A'), ['NOERROR', ['n1.node.consul 0 A 127.0.0.1'], [], meta])
    assert.deepEqual(told('n1.node.consul', 'AAAA'), ['NOERROR', [], [], meta])
    assert.deepEqual(told('n1.node.consul', 'TXT'), ['NOERROR', meta, [], []])
    assert.deepEqual(told('n1.node.consul', 'ANY'), ['NOERROR', ['n1.node.consul 0 A 127.0.0.1', ...meta], [], []])
    assert.deepEqual(told('n1.node.consul', 'SRV'), ['NOERROR', [], [], []])
    assert.deepEqual(told('0a000001.addr.consul', 'A'), ['NOERROR', ['0a000001.addr.consul 0 A 10.0.0.1'], [], []])
    assert.deepEqual(told('zz.addr.consul', 'A'), ['NOERROR', [], [], []])
    assert.deepEqual(told('1.0.0.10.in-addr.arpa', 'PTR'), [
      'NOERROR',
      ['1.0.0.10.in-addr.arpa 0 PTR web.service.dc1.consul'],
      [],
      [],
    ])
    const address = ['N1.node.dc1.consul 0 A 127.0.0.1']
    assert.deepEqual(told('consul', 'NS'), ['NOERROR', ['consul 0 NS N1.node.dc1.consul'], [], address])
    assert.deepEqual(told('consul', 'SOA'), ['NOERROR', [SOA], ['consul 0 NS N1.node.dc1.consul'], address])
  })

  it('runs prepared queries, with a time of their own', () => {
    const { ask } = asker({ services: { web: [instance()] } })
    assert.deepEqual(ask('p-web.query.consul', 'A').answers, ['p-web.query.consul 9 A 10.0.0.1'])
  })

  it('prefers addresses to a name that stands for another, and tells only one such name', () => {
    const names = [instance({ address: 'a.example' }), instance({ address: 'b.example.' })]
    const { ask } = asker({ services: { names, mixed: [...names, instance()] } })
    assert.equal(ask('names.service.consul', 'A').answers.length, 1)
    assert.match(ask('names.service.consul', 'AAAA').answers[0] ?? '', /CNAME [ab]\.example$/)
    assert.deepEqual(ask('mixed.service.consul', 'A').answers, ['mixed.service.consul 0 A 10.0.0.1'])
    for (const type of ['AAAA', 'MX', 'CNAME']) {
      const { code, answers, authorities } = ask('mixed.service.consul', type)
      assert.deepEqual([code, answers, authorities], ['NOERROR', [], [SOA]], type)
    }
  })

  it('leaves out what no name can say', () => {
    const { ask } = asker({ services: { web: [instance({ address: `${'a'.repeat(64)}.example` }), instance()] } })
    assert.equal(ask('web.service.consul', 'SRV').answers.length, 1)
    assert.deepEqual(ask('web.service.consul', 'A').answers, ['web.service.consul 0 A 10.0.0.1'])
  })

  it('tells a host name that ends in a dot without it, and no address of it', () => {
    const there = { name: 'n2', address: 'there.example.', metadata: {} }
    const hosts = [instance({ address: 'here.example.' }), instance({ address: '', node: there })]
    const { answers, additionals } = asker({ services: { hosts } }).ask('hosts.service.consul', 'SRV')
    assert.deepEqual(answers.toSorted(), [
      'hosts.service.consul 0 SRV 1 1 8001 here.example',
      'hosts.service.consul 0 SRV 1 1 8001 there.example',
    ])
    assert.deepEqual(additionals, META)
  })

  it('leaves out of SRV what has no port that a record can say', () => {
    const web = [70_000, -1, 1.5, 65_535].map(port => instance({ port }))
    const { ask } = asker({ services: { web, odd: web.slice(0, 1) } })
    assert.deepEqual(ask('web.service.consul', 'SRV').answers, [
      'web.service.consul 0 SRV 1 1 65535 0a000001.addr.dc1.consul',
    ])
    assert.deepEqual(
      [ask('odd.service.consul', 'SRV').code, ask('odd.service.consul', 'A').answers.length],
      ['NOERROR', 1],
    )
  })

  it('tells by TCP all that a node says, and by UDP what fits', () => {
    const { ask } = asker()
    const cut = ask('talks.node.consul', 'TXT')
    assert.ok(cut.bytes <= 512 && cut.answers.length < 20, String(cut.answers.length))
    assert.equal(ask('talks.node.consul', 'TXT', { payloadBytes: 4096 }).answers.length, 20)
    assert.equal(ask('talks.node.consul', 'TXT', { by: 'tcp' }).answers.length, 20)
    const { ask: askTruncating } = asker({ settings: { truncate: true } })
    assert.equal(askTruncating('talks.node.consul', 'TXT').flags, 'qr aa tc rd')
    assert.equal(askTruncating('talks.node.consul', 'A').flags, 'qr aa rd')
  })

  it('spreads first answers evenly over all instances', () => {
    const { ask } = asker({ services: { web: many(8) } })
    const counts = new Map<string, number>()
    for (let round = 0; round < 4_000; round++) {
      const first = ask('web.service.consul', 'A').answers[0] ?? ''
      counts.set(first, (counts.get(first) ?? 0) + 1)
    }
    assert.equal(counts.size, 8)
    for (const count of counts.values()) assert.ok(count > 400 && count < 600, String(count))
  })

  it('tells a new list as soon as there is one', () => {
    const services: Record<string, readonly DnsInstance[]> = { web: [instance()] }
    const { ask } = asker({ services })
    assert.match(ask('web.service.consul', 'A').answers[0] ?? '', /10\.0\.0\.1$/)
    services['web'] = [instance({ address: '10.0.0.2' })]
    assert.deepEqual(ask('web.service.consul', 'A').answers, ['web.service.consul 0 A 10.0.0.2'])
  })

  it('answers malformed queries with a code alone, other operations too, and answers not at all', () => {
    const { responder } = asker()
    const cut = queryFor('web.service.consul', 'A').subarray(0, 20)
    const reply = responder.reply(cut, 'udp')
    assert.ok(reply.kind === 'answer')
    assert.deepEqual([reply.bytes.length, readAnswer(reply.bytes).code], [12, 'FORMERR'])
    const answer = queryFor('web.service.consul', 'A')
    answer[2]! |= 0x80
    assert.deepEqual(responder.reply(answer, 'udp'), { kind: 'nothing' })
  })

  it('answers with nothing but well-formed messages of the same number, within their limits, whatever comes', () => {
    const { responder } = asker({
      services: {
        web: [...many(50), instance({ address: 'x.example' }), instance({ address: 'fd00::1', tags: ['v1'] })],
      },
    })
    const names = [
      'web.service.consul',
      'v1.web.service.dc1.consul',
      '_web._tcp.consul',
      'n1.node.consul',
      '0a000001.addr.consul',
      '1.0.0.10.in-addr.arpa',
      'consul',
      'p-web.query.consul',
      'a.b',
    ]
    const valid = fc
      .tuple(
        fc.constantFrom(...names),
        fc.constantFrom('A', 'AAAA', 'SRV', 'TXT', 'ANY', 'NS', 'SOA', 'PTR', 'MX'),
        fc.option(fc.nat(65_535), { nil: undefined }),
      )
      .map(([name, type, payloadBytes]) => queryFor(name, type, payloadBytes === undefined ? {} : { payloadBytes }))
    const mutated = fc
      .tuple(valid, fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }), fc.nat(100))
      .map(([bytes, changes, cut]) => {
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        return cut < 20 ? bytes.subarray(0, bytes.length - cut) : bytes
      })
    const garbage = fc.uint8Array({ maxLength: 700 }).map(bytes => Buffer.from(bytes))
    fc.assert(
      fc.property(
        fc.oneof(valid, mutated, mutated, garbage),
        fc.constantFrom<Transport>('udp', 'tcp'),
        (message, transport) => {
          const reply = responder.reply(message, transport)
          if (reply.kind !== 'answer') return
          assert.ok(reply.bytes.length <= (transport === 'udp' ? 8192 : 65_535))
          assert.equal(reply.bytes.readUInt16BE(0), message.readUInt16BE(0))
          readAnswer(reply.bytes)
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
