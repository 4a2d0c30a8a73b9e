import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLOSE_CODES, PROTOCOL_LIMITS, PROTOCOL_VERSION, SESSION_PATH } from '../../src/protocol/protocol.ts'

describe('The session protocol', () => {
  it('is version 1, at the path its documents say', () => {
    assert.deepEqual([PROTOCOL_VERSION, SESSION_PATH], [1, '/api/v1/session'])
  })

  it('uses a close code of its own, or of the standard, for each reason', () => {
    const codes = Object.values(CLOSE_CODES)
    assert.equal(new Set(codes).size, codes.length)
    for (const code of codes) assert.ok((code >= 1000 && code <= 1013) || (code >= 4000 && code < 5000))
  })

  it('lets a frame carry the largest instance there may be', () => {
    const largest = 64 * 1024 + 16 * 1024 + 64 * 255 + 5 * 255
    assert.ok(PROTOCOL_LIMITS.clientFrameBytes > 6 * largest)
  })
})
