import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decodeText, encodeText } from '../../../src/adapters/etcd/base64.ts'

describe('Base64', () => {
  it('gives back every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        assert.equal(decodeText(encodeText(text)), text)
      }),
    )
  })
})
