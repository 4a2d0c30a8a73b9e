import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ByteBudget } from '../../src/core/byte-budget.ts'

describe('ByteBudget', () => {
  it('gives as many bytes as are left, all or none, and those that are given back again', () => {
    const budget = new ByteBudget(10)
    assert.deepEqual([budget.take(6), budget.take(5), budget.take(4), budget.take(1)], [true, false, true, false])
    budget.give(6)
    assert.deepEqual([budget.take(6), budget.take(1)], [true, false])
  })
})
