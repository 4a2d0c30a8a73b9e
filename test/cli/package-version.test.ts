import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { packageVersion } from '../../src/cli/package-version.ts'

describe('packageVersion', () => {
  it('is a version', () => {
    assert.match(packageVersion(), /^\d+\.\d+\.\d+/)
  })
})
