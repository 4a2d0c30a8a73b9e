import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contentHash } from '../../../../src/daemon/consul/rows/content-hash.ts'

const FOO = {
  ID: 'foo',
  Service: 'foo',
  Tags: ['bar', 'baz'],
  Meta: {},
  Port: 8000,
  Address: '',
  Weights: { Passing: 1, Warning: 1 },
  EnableTagOverride: false,
}

describe('contentHash', () => {
  it('is what Consul 1.8 says of the same service', () => {
    assert.equal(contentHash(FOO), '6b13684bfe179e67')
    const at = { Address: '10.0.0.1', Port: 8080 }
    const web = {
      ...FOO,
      ID: 'web-1',
      Service: 'web',
      Tags: ['v1', 'primary'],
      Meta: { zone: 'a' },
      ...at,
      TaggedAddresses: { lan: at, lan_ipv4: at, wan_ipv4: at },
      Weights: { Passing: 10, Warning: 1 },
    }
    assert.equal(contentHash(web), '3ef91c051b27ebc1')
  })

  it('does not go by the order of metadata, and does by that of tags', () => {
    const metadata = (Meta: object) => contentHash({ ...FOO, Meta })
    assert.equal(metadata({ a: '1', b: '2' }), metadata({ b: '2', a: '1' }))
    assert.notEqual(contentHash({ ...FOO, Tags: ['baz', 'bar'] }), contentHash(FOO))
  })
})
