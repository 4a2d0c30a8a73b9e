import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inMemory } from '../../src/daemon/durability.ts'

describe('inMemory', () => {
  it('has nothing to wait for', () => {
    let error: unknown = 'not called'
    inMemory.whenKept(result => (error = result), [])
    assert.equal(error, undefined)
  })
})
