import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { FLAG, FRAME, frame } from '../../../../src/adapters/etcd/grpc/frame.ts'
import { FrameReader } from '../../../../src/adapters/etcd/grpc/frame-reader.ts'
import { inPieces } from './in-pieces.ts'

interface Read {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: string
}

/** What a reader makes of bytes that come in pieces which end at these places, always in the same buffer. */
function read(whole: Buffer, ends: readonly number[] = []): Read[] {
  const reader = new FrameReader()
  const frames: Read[] = []
  for (const bytes of inPieces(whole, ends)) {
    reader.add(bytes)
    while (reader.next()) {
      const { type, flags, stream, start, end } = reader
      frames.push({ type, flags, stream, payload: reader.bytes.toString('hex', start, end) })
    }
  }
  return frames
}

describe('FrameReader', () => {
  it('reads the same frames however their bytes come', () => {
    const one = fc.record({
      type: fc.integer({ min: 2, max: 255 }),
      flags: fc.nat(255),
      stream: fc.nat(2 ** 31 - 1),
      bytes: fc.uint8Array({ maxLength: 100 }),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), fc.array(fc.nat(700)), (frames, ends) => {
        const whole = Buffer.concat(frames.map(({ type, bytes, ...rest }) => frame(type, rest, bytes)))
        const expected = frames.map(({ bytes, ...rest }) => ({ ...rest, payload: Buffer.from(bytes).toString('hex') }))
        assert.deepEqual(read(whole, ends), expected)
        assert.deepEqual(
          read(
            whole,
            Array.from(whole, (_, at) => at),
          ),
          expected,
        )
      }),
    )
  })

  it('leaves out what only fills, and what says who goes first', () => {
    const flags = FLAG.padded | FLAG.priority
    const headers = frame(FRAME.headers, { flags, stream: 1 }, Buffer.from('020000000000abcd0000', 'hex'))
    const data = frame(FRAME.data, { flags: FLAG.padded, stream: 1 }, Buffer.from('01abcd00', 'hex'))
    assert.deepEqual(
      read(Buffer.concat([headers, data])).map(({ payload }) => payload),
      ['abcd', 'abcd'],
    )
    const reader = new FrameReader()
    reader.add(data)
    assert.deepEqual([reader.next(), reader.length, reader.end - reader.start], [true, 4, 2])
    const overfull = frame(FRAME.data, { flags: FLAG.padded }, Buffer.of(9))
    assert.throws(() => read(overfull), RangeError)
  })

  it('refuses a frame that is longer than was agreed', () => {
    assert.throws(() => read(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')), /longer than 16384/)
  })
})
