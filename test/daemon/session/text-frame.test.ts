import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { textFrame } from '../../../src/daemon/session/text-frame.ts'

describe('textFrame', () => {
  it('is the frame of the standard', () => {
    assert.deepEqual([...textFrame('Hello')], [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
  })

  it('says its length in bytes, in as many as it takes', () => {
    const headers = [125, 126, 65_535, 65_536].map(length => {
      const frame = textFrame('x'.repeat(length))
      return frame.toJSON().data.slice(0, frame.length - length)
    })
    assert.deepEqual(headers, [
      [0x81, 125],
      [0x81, 126, 0, 126],
      [0x81, 126, 255, 255],
      [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0],
    ])
    assert.deepEqual([...textFrame('é')], [0x81, 2, 0xc3, 0xa9])
  })
})
