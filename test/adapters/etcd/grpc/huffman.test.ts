import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { huffmanText } from '../../../../src/adapters/etcd/grpc/huffman.ts'

/** As RFC 7541 has them in appendix C. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'www.example.com': 'f1e3c2e5f23a6ba0ab90f4ff',
  'no-cache': 'a8eb10649cbf',
  'custom-key': '25a849e95ba97d7f',
  'custom-value': '25a849e95bb8e8b4bf',
  '302': '6402',
  private: 'aec3771a4b',
  'Mon, 21 Oct 2013 20:13:21 GMT': 'd07abe941054d444a8200595040b8166e082a62d1bff',
  'https://www.example.com': '9d29ad171863c78f0b97c8e9ae82ae43d3',
}

describe('huffmanText', () => {
  it('reads the examples of the standard', () => {
    const read = Object.values(EXAMPLES).map(bytes => huffmanText(Buffer.from(bytes, 'hex')))
    assert.deepEqual(read, Object.keys(EXAMPLES))
  })

  it('ends before a character that no header of ours has', () => {
    assert.equal(huffmanText(Buffer.of(0b00000_111, 0b11111111, 0b11111111, 0b11111111)), '0')
    assert.equal(huffmanText(Buffer.of()), '')
  })
})
