import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { controlFrame, shortFrame, textFrame } from '../../../src/protocol/web-socket/encode-frame.ts'
import { unmask } from '../../../src/protocol/web-socket/mask.ts'

const hex = (frame: Buffer, bytes = frame.length) => frame.subarray(0, bytes).toString('hex')

describe('textFrame', () => {
  it('is what RFC 6455 shows in its example', () => {
    assert.equal(hex(textFrame('Hello', 'server')), '810548656c6c6f')
  })

  it('says its length in as few bytes as will do', () => {
    assert.equal(hex(textFrame('x'.repeat(125), 'server'), 3), '817d78')
    assert.equal(hex(textFrame('x'.repeat(126), 'server'), 5), '817e007e78')
    assert.equal(hex(textFrame('x'.repeat(65_535), 'server'), 5), '817effff78')
    assert.equal(hex(textFrame('x'.repeat(65_536), 'server'), 11), '817f000000000001000078')
  })

  it('counts bytes, not characters', () => {
    assert.equal(hex(textFrame('é€', 'server')), '8105c3a9e282ac')
    assert.equal(hex(textFrame('é'.repeat(63), 'server'), 4), '817e007e')
  })

  it('is masked where it comes from a client', () => {
    const frame = textFrame('Hello', 'client')
    assert.equal(hex(frame, 2), '8185')
    unmask(frame, 2, frame.length)
    assert.equal(frame.toString('latin1', 6), 'Hello')
  })
})

describe('shortFrame', () => {
  it('has a character for each byte of the frame, of whatever text it takes', () => {
    const ascii = fc.string({ unit: 'binary-ascii', maxLength: 125 })
    fc.assert(
      fc.property(ascii, text => {
        assert.deepEqual(Buffer.from(shortFrame(text) ?? '', 'latin1'), textFrame(text, 'server'))
      }),
    )
  })

  it('takes no text that is longer or has other characters', () => {
    assert.equal(shortFrame('x'.repeat(125))?.length, 127)
    for (const text of ['x'.repeat(126), 'é', '€', 'x\x80']) assert.equal(shortFrame(text), undefined)
  })
})

describe('controlFrame', () => {
  it('carries its payload', () => {
    assert.equal(hex(controlFrame(0x9, Buffer.from('Hello'), 'server')), '890548656c6c6f')
    assert.equal(controlFrame(0xa, Buffer.from('Hello'), 'client').length, 11)
  })
})
