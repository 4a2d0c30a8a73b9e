import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { addressBytes, formatAddress } from '../../../src/daemon/dns/address-bytes.ts'

const hexOf = (address: string) => addressBytes(address)?.toString('hex')

describe('addressBytes', () => {
  it('reads IPv4, and IPv6 in each of its forms', () => {
    assert.equal(hexOf('10.0.0.17'), '0a000011')
    assert.equal(hexOf('fd00::1'), `fd00${'0'.repeat(27)}1`)
    assert.equal(hexOf('::'), '0'.repeat(32))
    assert.equal(hexOf('1::'), `0001${'0'.repeat(28)}`)
    assert.equal(hexOf('1:2:3:4:5:6:7:8'), '00010002000300040005000600070008')
    assert.equal(hexOf('::ffff:10.0.0.1'), `${'0'.repeat(20)}ffff0a000001`)
    assert.equal(hexOf('fe80::1%eth0'), `fe80${'0'.repeat(27)}1`)
  })

  it('knows what is no address', () => {
    for (const text of ['', 'localhost', '10.0.0', '1::2::3', '10.0.0.256']) assert.equal(addressBytes(text), undefined)
  })

  it('is the inverse of formatAddress', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    )
    fc.assert(
      fc.property(bytes, array => {
        const buffer = Buffer.from(array)
        const text = formatAddress(buffer)
        assert.notEqual(isIP(text), 0)
        assert.deepEqual(addressBytes(text), buffer)
      }),
    )
  })
})
