import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { isEncodable, MessageWriter } from '../../../src/daemon/dns/message-writer.ts'
import type { DnsQuery } from '../../../src/daemon/dns/query.ts'
import { readQuery } from '../../../src/daemon/dns/read-query.ts'
import type { DnsRecord } from '../../../src/daemon/dns/record.ts'
import { queryFor, type QueryInit, readAnswer } from './queries.ts'

function begun(name = 'web.service.consul', init: QueryInit = {}): MessageWriter {
  const read = readQuery(queryFor(name, 'A', init))
  assert.ok(read.kind === 'query')
  const writer = new MessageWriter()
  writer.begin(read.query)
  return writer
}

const server = (target: string): DnsRecord => ({
  type: 'SRV',
  name: undefined,
  ttlS: 5,
  priority: 1,
  weight: 2,
  port: 80,
  target,
})
const text = (value: string): DnsRecord => ({ type: 'TXT', name: 'n1.node.consul', ttlS: 0, text: value })

const TIMES = { refreshS: 3_600, retryS: 600, expireS: 86_400, negativeTtlS: 9 }

describe('MessageWriter', () => {
  it('writes records that another implementation reads as they were meant', () => {
    const writer = begun()
    writer.add('answer', { type: 'A', name: undefined, ttlS: 3, address: Buffer.from([10, 0, 0, 1]) })
    writer.add('answer', server('n1.node.dc1.consul'))
    writer.add('authority', { type: 'NS', name: 'consul', ttlS: 0, target: 'n1.node.dc1.consul' })
    const soa = { primary: 'ns.consul', mailbox: 'hostmaster.consul', serial: 2 ** 32 - 1, ...TIMES }
    writer.add('authority', { type: 'SOA', name: 'consul', ttlS: 0, ...soa })
    writer.add('additional', text('a=b'))
    assert.deepEqual(readAnswer(writer.end(0)), {
      code: 'NOERROR',
      flags: 'qr rd',
      answers: ['web.service.consul 3 A 10.0.0.1', 'web.service.consul 5 SRV 1 2 80 n1.node.dc1.consul'],
      authorities: ['consul 0 NS n1.node.dc1.consul', 'consul 0 SOA ns.consul hostmaster.consul # 3600 600 86400 9'],
      additionals: ['n1.node.consul 0 TXT "a=b"'],
      edns: undefined,
      bytes: 172,
    })
  })

  it('points to names that are there already, whatever case the question was in', () => {
    const writer = begun('WEB.service.Consul')
    const before = writer.bytes
    writer.add('answer', server('a.addr.consul'))
    assert.equal(writer.bytes - before, 12 + 6 + 2 + 5 + 2)
    writer.add('answer', server('b.addr.consul'))
    assert.equal(writer.bytes - before, 27 + 12 + 6 + 2 + 2)
    assert.deepEqual(readAnswer(writer.end(0)).answers, [
      'WEB.service.Consul 5 SRV 1 2 80 a.addr.Consul',
      'WEB.service.Consul 5 SRV 1 2 80 b.addr.Consul',
    ])
  })

  it('takes a record back, and what it said of names', () => {
    const writer = begun()
    writer.add('answer', server('kept.addr.consul'))
    const before = writer.bytes
    writer.add('answer', server('taken.back.consul'))
    writer.rewind('answer', before)
    writer.add('answer', server('other.back.consul'))
    const { answers } = readAnswer(writer.end(0))
    assert.deepEqual(
      answers.map(line => line.split(' ').at(-1)),
      ['kept.addr.consul', 'other.back.consul'],
    )
  })

  it('cuts a long text into strings of 255 bytes', () => {
    const writer = begun()
    writer.add('answer', text('é'.repeat(300)))
    const [line = ''] = readAnswer(writer.end(0)).answers
    assert.equal(line.match(/"[^"]*"/g)?.length, 3)
  })

  it('answers EDNS0 with what it takes, and the upper bits of the code', () => {
    const writer = begun('web.service.consul', { payloadBytes: 1232 })
    const { bytes } = writer
    const answer = writer.end(16)
    assert.equal(answer.length, bytes)
    assert.deepEqual([readAnswer(answer).edns, answer[3]! & 0xf, answer.at(-6)], [4096, 0, 1])
  })

  it('writes any names that can be encoded so that they are read again', () => {
    const label = fc.string({ unit: fc.constantFrom('a', 'b', 'z', '-', '_', '0', 'é'), minLength: 1, maxLength: 20 })
    const name = fc
      .array(label, { minLength: 1, maxLength: 8 })
      .map(labels => labels.join('.'))
      .filter(isEncodable)
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), name, (targets, asked) => {
        const writer = begun(asked)
        for (const target of targets) writer.add('answer', { type: 'CNAME', name: target, ttlS: 0, target })
        assert.deepEqual(
          readAnswer(writer.end(0)).answers.map(line => line.toLowerCase()),
          targets.map(target => `${target} 0 cname ${target}`),
        )
      }),
    )
  })

  it('starts anew for every query', () => {
    const read = readQuery(queryFor('x.consul', 'A'))
    const writer = begun()
    writer.add('answer', server('a.addr.consul'))
    writer.begin((read as { query: DnsQuery }).query)
    writer.add('answer', server('a.addr.consul'))
    assert.deepEqual(readAnswer(writer.end(3)), {
      code: 'NXDOMAIN',
      flags: 'qr rd',
      answers: ['x.consul 5 SRV 1 2 80 a.addr.consul'],
      authorities: [],
      additionals: [],
      edns: undefined,
      bytes: 53,
    })
  })
})

describe('isEncodable', () => {
  it('allows labels of 63 bytes and names of 253', () => {
    const label = 'a'.repeat(63)
    assert.equal(isEncodable(label), true)
    assert.equal(isEncodable(`${label}a`), false)
    assert.equal(isEncodable(`${label}.${label}.${label}.${'b'.repeat(61)}`), true)
    assert.equal(isEncodable(`${label}.${label}.${label}.${'b'.repeat(62)}`), false)
    assert.equal(isEncodable('é'.repeat(32)), false)
    for (const name of ['', '.', 'a..b', 'a.']) assert.equal(isEncodable(name), false)
  })
})
