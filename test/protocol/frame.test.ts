import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { decodeFrame, encodeFrames } from '../../src/protocol/frame.ts'
import { PROTOCOL_LIMITS } from '../../src/protocol/protocol.ts'

describe('encodeFrames', () => {
  it('puts all messages in one frame where they fit', () => {
    assert.deepEqual(encodeFrames(['{"a":1}', '{"b":2}'], 100), ['[{"a":1},{"b":2}]'])
    assert.deepEqual(encodeFrames([], 100), [])
  })

  it('makes no frame longer than the limit unless one message is', () => {
    assert.deepEqual(encodeFrames(['{"a":1}', '{"b":2}', '{"c":3}'], 19), ['[{"a":1},{"b":2}]', '[{"c":3}]'])
    assert.deepEqual(encodeFrames(['{"long":true}', '{}'], 5), ['[{"long":true}]', '[{}]'])
  })

  it('counts bytes, not characters, and messages too', () => {
    assert.equal(encodeFrames(['{"a":"日本"}', '{"a":"日本"}'], 30).length, 2)
    const many = Array.from({ length: PROTOCOL_LIMITS.frameMessages + 1 }, () => '{}')
    assert.equal(encodeFrames(many, 2 ** 20).length, 2)
  })
})

describe('decodeFrame', () => {
  it('gives back what encodeFrames took, in order, whatever the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.string())), fc.nat({ max: 300 }), (messages, limit) => {
        const frames = encodeFrames(
          messages.map(message => JSON.stringify(message)),
          limit,
        )
        // Through JSON, which knows no objects without a prototype.
        assert.deepEqual(frames.flatMap(decodeFrame), JSON.parse(JSON.stringify(messages)))
      }),
    )
  })

  it('refuses what is not a list of objects', () => {
    for (const frame of ['', '{}', 'null', '[1]', '[[]]', '[null]', 'x', '[{}']) {
      assert.throws(() => decodeFrame(frame), ProtocolError)
    }
  })

  it('refuses more messages than a frame may have', () => {
    const frame = `[${'{},'.repeat(PROTOCOL_LIMITS.frameMessages)}{}]`
    assert.throws(() => decodeFrame(frame), ProtocolError)
  })
})
