import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isCloseCode } from '../../../src/protocol/web-socket/close-code.ts'

describe('isCloseCode', () => {
  it('admits what may stand in a close frame', () => {
    for (const code of [1000, 1003, 1007, 1012, 1014, 3000, 4000, 4999]) assert.equal(isCloseCode(code), true)
  })

  it('refuses what stands for something without a frame, or for nothing', () => {
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535]) assert.equal(isCloseCode(code), false)
  })
})
