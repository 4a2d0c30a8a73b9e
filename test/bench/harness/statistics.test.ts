import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { median, ratios, spread } from '../../../bench/harness/statistics.ts'

describe('median', () => {
  test('is the value in the middle, whatever the order', () => {
    assert.equal(median([9, 1, 5]), 5)
    assert.equal(median([7]), 7)
  })

  test('is the mean of the two in the middle of an even number', () => {
    assert.equal(median([4, 1, 3, 100]), 3.5)
  })

  test('sorts by number, not by text', () => {
    assert.equal(median([100, 20, 3]), 20)
  })

  test('is not a number of nothing', () => {
    assert.ok(Number.isNaN(median([])))
  })
})

describe('spread', () => {
  test('has the median and the extremes', () => {
    assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 })
  })
})

describe('ratios', () => {
  test('divide round by round, so that a slow moment of both cancels out', () => {
    assert.deepEqual(ratios([100, 10], [50, 5]), [2, 2])
  })

  test('refuse rounds that do not pair up', () => {
    assert.throws(() => ratios([1, 2], [1]), RangeError)
  })
})
