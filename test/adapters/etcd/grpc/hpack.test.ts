import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decodeHeaders, encodeHeaders } from '../../../../src/adapters/etcd/grpc/hpack.ts'

const hex = (bytes: string) => [...decodeHeaders(Buffer.from(bytes.replaceAll(' ', ''), 'hex'))]

describe('Headers of HTTP/2', () => {
  it('are read as they were written', () => {
    const text = fc.string({ maxLength: 400 })
    const name = text.filter(one => one !== '')
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, text), { selector: ([one]) => one }), headers => {
        assert.deepEqual([...decodeHeaders(encodeHeaders(headers))], headers)
      }),
    )
    const long = [['authorization', 'x'.repeat(20_000)] as const]
    assert.deepEqual([...decodeHeaders(encodeHeaders(long))], long)
  })

  it('are read by number, by number of the name, and in full, shortened or not', () => {
    assert.deepEqual(hex('88'), [[':status', '200']])
    assert.deepEqual(hex('04 0c 2f73616d706c652f70617468'), [[':path', '/sample/path']])
    assert.deepEqual(hex('48 82 6402 58 85 aec3771a4b'), [
      [':status', '302'],
      ['cache-control', 'private'],
    ])
    assert.deepEqual(hex('40 0a 637573746f6d2d6b6579 0d 637573746f6d2d686561646572'), [['custom-key', 'custom-header']])
    assert.deepEqual(hex('20 8d 5f 01 61'), [
      [':status', '404'],
      ['content-type', 'a'],
    ])
  })

  it('are refused when they refer to a table, or break off', () => {
    for (const bytes of ['be', '80', '48', '48 82 64', '00 01', 'ff 80 80 80 80 80 80 01']) {
      assert.throws(() => hex(bytes), RangeError, bytes)
    }
  })
})
