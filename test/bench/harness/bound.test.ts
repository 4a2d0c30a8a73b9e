import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { atLeast, atMost, atMostOneIn } from '../../../bench/harness/bound.ts'

describe('A bound', () => {
  test('admits its own limit', () => {
    assert.ok(atLeast(0.95).admits(0.95))
    assert.ok(atMost(15).admits(15))
    assert.ok(atMostOneIn(40).admits(0.025))
  })

  test('admits one side only', () => {
    assert.deepEqual([atLeast(2).admits(1.9), atLeast(2).admits(2.1)], [false, true])
    assert.deepEqual([atMost(2).admits(1.9), atMost(2).admits(2.1)], [true, false])
  })

  test('admits nothing that is not a number', () => {
    assert.deepEqual([atLeast(0).admits(Number.NaN), atMost(0).admits(Number.NaN)], [false, false])
  })

  test('is printed with its direction', () => {
    const bounds = [atLeast(0.95), atMost(1.3), atMostOneIn(40)]
    assert.deepEqual(
      bounds.map(({ text }) => text),
      ['≥ 0.95', '≤ 1.3', '≤ 1/40'],
    )
  })
})
