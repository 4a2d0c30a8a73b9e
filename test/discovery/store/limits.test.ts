import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StoreLimitError } from '../../../src/discovery/store/limits.ts'

describe('StoreLimitError', () => {
  it('says how much of what the registry takes', () => {
    const error = new StoreLimitError('instances', 7)
    assert.equal(error.code, 'ERR_REGISTRY_LIMIT')
    assert.match(error.message, /at most 7 instances/)
  })
})
