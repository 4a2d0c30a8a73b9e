import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errorName } from '../../../src/adapters/zookeeper/error-names.ts'

describe('The names of errors', () => {
  it("are ZooKeeper's, and Unknown for a number that is none of ours", () => {
    assert.deepEqual([-101, -102, -110, -112, -9_999].map(errorName), [
      'NoNode',
      'NoAuth',
      'NodeExists',
      'SessionExpired',
      'Unknown',
    ])
  })
})
