import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { mask, unmask } from '../../../src/protocol/web-socket/mask.ts'

/** A frame with its mask at 4, so far from the beginning of its memory. */
function frameOf(payload: Uint8Array, shift: number): Buffer {
  const bytes = Buffer.concat([Buffer.from('head...!'), payload, Buffer.from('tail')])
  const frame = Buffer.alloc(shift + bytes.length).subarray(shift)
  bytes.copy(frame)
  return frame
}

describe('mask', () => {
  it('is taken off again by unmask, and leaves alone what stands around', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 7 }), (payload, shift) => {
        const frame = frameOf(payload, shift)
        const end = 8 + payload.length
        mask(frame, 4, end)
        unmask(frame, 4, end)
        assert.deepEqual(frame.subarray(8), Buffer.concat([payload, Buffer.from('tail')]))
        assert.equal(frame.toString('latin1', 0, 4), 'head')
      }),
    )
  })

  it('is mixed in byte by byte in turn, however long the payload is and wherever it stands in memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 7 }), (payload, shift) => {
        const frame = frameOf(payload, shift)
        unmask(frame, 4, 8 + payload.length)
        const expected = payload.map((byte, at) => byte ^ '...!'.charCodeAt(at % 4))
        assert.deepEqual(frame.subarray(8, 8 + payload.length), Buffer.from(expected))
      }),
    )
  })

  it('is another one each time, for longer than its store of chance lasts', () => {
    const masks = new Set<number>()
    for (let i = 0; i < 5_000; i++) {
      const frame = Buffer.alloc(4)
      mask(frame, 0, 4)
      masks.add(frame.readUInt32BE())
    }
    assert.ok(masks.size > 4_990)
  })

  it('is what RFC 6455 shows in its example', () => {
    const frame = Buffer.from([0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
    unmask(frame, 0, frame.length)
    assert.equal(frame.toString('latin1', 4), 'Hello')
  })
})
