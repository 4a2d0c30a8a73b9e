import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { acceptOf, isKey } from '../../../src/protocol/web-socket/handshake.ts'

describe('the handshake', () => {
  it('answers a key as RFC 6455 shows in its example', () => {
    assert.equal(acceptOf('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })

  it('takes keys of 16 bytes', () => {
    assert.equal(isKey('dGhlIHNhbXBsZSBub25jZQ=='), true)
    for (const key of [undefined, '', 'dGhlIHNhbXBsZQ==', 'dGhlIHNhbXBsZSBub25jZSBub25jZQ==', '!'.repeat(22) + '==']) {
      assert.equal(isKey(key), false)
    }
  })
})
