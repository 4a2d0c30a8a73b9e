import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runSync } from '../../src/cli/run-sync.ts'

const options = { prefixes: [], both: false }

describe('runSync', () => {
  it('refuses a registry on both sides, and a name that the environment does not have', async () => {
    const url = 'ropewalk://127.0.0.1:1'
    await assert.rejects(runSync({ ...options, from: url, to: url }), /same as the other/)
    await assert.rejects(runSync({ ...options, from: url, to: 'env:NOBODY_HAS_SET_THIS' }), {
      code: 'ERR_INVALID_REGISTRY_URL',
      message: /nothing under that name/,
    })
  })
})
