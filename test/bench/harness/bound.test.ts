import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { atLeast, atMost } from '../../../bench/harness/bound.ts'

describe('A bound', () => {
  test('admits its own limit', () => {
    assert.ok(atLeast(0.95).admits(0.95))
    assert.ok(atMost(15).admits(15))
  })

  test('admits one side only', () => {
    assert.deepEqual([atLeast(2).admits(1.9), atLeast(2).admits(2.1)], [false, true])
    assert.deepEqual([atMost(2).admits(1.9), atMost(2).admits(2.1)], [true, false])
  })

  test('admits nothing that is not a number', () => {
    assert.deepEqual([atLeast(0).admits(Number.NaN), atMost(0).admits(Number.NaN)], [false, false])
  })

  test('is printed with its direction', () => {
    assert.deepEqual([atLeast(0.95).text, atMost(1.3).text], ['≥ 0.95', '≤ 1.3'])
  })
})
