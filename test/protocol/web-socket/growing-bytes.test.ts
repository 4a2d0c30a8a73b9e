import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { GrowingBytes } from '../../../src/protocol/web-socket/growing-bytes.ts'

describe('GrowingBytes', () => {
  it('puts pieces of any length together', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3_000 })), pieces => {
        const bytes = new GrowingBytes()
        for (const piece of pieces) bytes.append(Buffer.from(piece))
        const all = Buffer.concat(pieces)
        assert.equal(bytes.length, all.length)
        assert.deepEqual(bytes.take(), all)
        assert.equal(bytes.length, 0)
      }),
    )
  })

  it('keeps copies, so that a piece can be used again', () => {
    const bytes = new GrowingBytes()
    const piece = Buffer.from('one')
    bytes.append(piece)
    piece.write('two')
    bytes.append(piece)
    assert.equal(bytes.take().toString(), 'onetwo')
  })

  it('does not change what was taken when it is used again', () => {
    const bytes = new GrowingBytes()
    bytes.append(Buffer.from('one'))
    const taken = bytes.take()
    bytes.append(Buffer.from('two'))
    assert.equal(taken.toString(), 'one')
  })
})
