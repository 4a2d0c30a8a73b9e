import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readName } from '../../../src/daemon/dns/question-name.ts'

const rules = { domains: ['consul', 'svc.example'], datacenter: 'dc1' }

/** What a name is about. */
const about = (name: string, { isServer = false } = {}) => readName(name.split('.'), rules, isServer).subject

const service = (serviceName: string, tag = '') => ({ kind: 'service', serviceName, tag })

describe('readName', () => {
  it('finds a service by its name, a tag before it, and the data centre behind', () => {
    assert.deepEqual(about('web.service.consul'), service('web'))
    assert.deepEqual(about('WEB.Service.CONSUL'), service('web'))
    assert.deepEqual(about('web.service.dc1.consul'), service('web'))
    assert.deepEqual(about('v2.web.service.consul'), service('web', 'v2'))
    assert.deepEqual(about('a.b.web.service.consul'), service('web', 'a.b'))
  })

  it('reads the form of RFC 2782, where tcp is no tag, and to servers also without .service', () => {
    assert.deepEqual(about('_web._tcp.service.consul'), service('web'))
    assert.deepEqual(about('_web._v1.service.consul'), service('web', 'v1'))
    assert.deepEqual(about('_web._tcp.consul', { isServer: true }), service('web'))
    assert.deepEqual(about('_web._tcp.dc1.consul', { isServer: true }), service('web'))
    assert.deepEqual(about('_web._tcp.consul'), { kind: 'unknown' })
  })

  it('finds nodes and prepared queries, with dots in their names', () => {
    assert.deepEqual(about('n1.node.consul'), { kind: 'node', name: 'n1' })
    assert.deepEqual(about('a.b.node.dc1.consul'), { kind: 'node', name: 'a.b' })
    assert.deepEqual(about('near.web.query.consul'), { kind: 'prepared', name: 'near.web' })
  })

  it('reads addresses in hexadecimal, in whatever data centre', () => {
    assert.deepEqual(about('0a000011.addr.consul'), { kind: 'address', address: Buffer.from([10, 0, 0, 17]) })
    assert.deepEqual(about('0a000011.addr.dc9.consul'), { kind: 'address', address: Buffer.from([10, 0, 0, 17]) })
    assert.deepEqual(about(`${'0'.repeat(31)}1.addr.consul`), {
      kind: 'address',
      address: Buffer.from(`${'0'.repeat(31)}1`, 'hex'),
    })
    assert.deepEqual(about('zz.addr.consul'), { kind: 'address', address: undefined })
    assert.deepEqual(about('zz000001.addr.consul'), { kind: 'unknown' })
    assert.deepEqual(about('0a0000011.addr.consul'), { kind: 'unknown' })
    assert.deepEqual(about('a.0a000011.addr.consul'), { kind: 'unknown' })
  })

  it('reads whose an address is', () => {
    assert.deepEqual(about('1.0.0.10.in-addr.arpa'), { kind: 'holder', address: '10.0.0.1' })
    const digits = `fd00${'0'.repeat(27)}1`.split('').toReversed().join('.')
    assert.deepEqual(about(`${digits}.ip6.arpa`), { kind: 'holder', address: 'fd00::1' })
    for (const name of [
      '0.0.10.in-addr.arpa',
      '1.0.ip6.arpa',
      '1.0.0.10.e164.arpa',
      '1.0.0.10.arpa',
      'x.arpa',
      'arpa',
    ]) {
      assert.deepEqual(about(name), { kind: 'foreign' })
    }
  })

  it('knows no other data centre, no other kind, and nothing at a domain itself', () => {
    const names = [
      'web.service.dc9.consul',
      'web.service.dc1.dc1.consul',
      'foo.bar.consul',
      'consul',
      'service.consul',
      'web.connect.consul',
    ]
    for (const name of names) assert.deepEqual(about(name), { kind: 'unknown' }, name)
  })

  it('answers for its domains and for no others', () => {
    assert.deepEqual(readName(['web', 'service', 'svc', 'example'], rules, false).domain, 'svc.example')
    for (const name of ['www.example.com', 'example', 'notconsul', 'x.notconsul'])
      assert.deepEqual(about(name), { kind: 'foreign' }, name)
    assert.deepEqual(readName([], rules, false).subject, { kind: 'foreign' })
  })

  it('takes a label with a dot in it for no name', () => {
    assert.deepEqual(readName(['a.web', 'service', 'consul'], rules, false).subject, { kind: 'unknown' })
    assert.deepEqual(readName(['web.service.consul'], rules, false).subject, { kind: 'unknown' })
  })
})
