import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { closest, didYouMean } from '../../src/cli/did-you-mean.ts'

describe('closest', () => {
  it('finds the candidate behind one wrong, missing, added or swapped letter', () => {
    for (const slip of ['usera', 'user', 'userss', 'suers']) assert.equal(closest(slip, ['orders', 'users']), 'users')
  })

  it('prefers the nearest', () => {
    assert.equal(closest('order', ['borders', 'orders']), 'orders')
  })

  it('finds nothing where more than two letters in five are wrong', () => {
    assert.equal(closest('users', ['billing', 'loses']), undefined)
    assert.equal(closest('', ['users']), undefined)
    assert.equal(closest('users', []), undefined)
  })
})

describe('didYouMean', () => {
  it('asks, or says nothing', () => {
    assert.equal(didYouMean('usres', ['users']), ' Did you mean "users"?')
    assert.equal(didYouMean('billing', ['users']), '')
  })
})
