import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { FrameSplitter } from '../../../src/adapters/zookeeper/frame-splitter.ts'

function framed(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** `bytes` in pieces of the given lengths, one byte at the least, and a last one. */
function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  let at = 0
  for (const length of lengths) {
    yield bytes.subarray(at, (at += length))
  }
  yield bytes.subarray(at)
}

describe('FrameSplitter', () => {
  it('finds the same frames in whatever pieces they come', () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 })
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 60 })), (contents, lengths) => {
        const splitter = new FrameSplitter(50)
        const bytes = Buffer.concat(contents.map(framed))
        const found = [...pieces(bytes, lengths)].flatMap(piece =>
          Array.from(splitter.push(piece), frame => Buffer.from(frame)),
        )
        assert.deepEqual(
          found,
          contents.map(content => Buffer.from(content)),
        )
      }),
    )
  })

  it('refuses a length above its limit, or below nothing, before the frame has come', () => {
    for (const length of ['00000033', 'ffffffff', '7fffffff']) {
      const splitter = new FrameSplitter(50)
      assert.throws(() => [...splitter.push(Buffer.from(length, 'hex'))], { code: 'ERR_ZOOKEEPER_PROTOCOL' })
    }
  })
})
