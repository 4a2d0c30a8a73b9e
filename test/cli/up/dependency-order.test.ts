import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inDependencyOrder } from '../../../src/cli/up/dependency-order.ts'

const order = (...items: [string, ...string[]][]) =>
  inDependencyOrder(items.map(([name, ...after]) => ({ name, after }))).map(({ name }) => name)

describe('inDependencyOrder', () => {
  it('puts each behind those it comes after, once', () => {
    assert.deepEqual(order(['web', 'orders', 'users'], ['orders', 'users'], ['users']), ['users', 'orders', 'web'])
  })

  it('otherwise keeps the order given', () => {
    assert.deepEqual(order(['c'], ['a'], ['b', 'c']), ['c', 'a', 'b'])
  })
})
