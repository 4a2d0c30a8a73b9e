import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JournalError } from '../../../src/daemon/errors.ts'
import { statusOf } from '../../../src/daemon/rest/status-of.ts'
import { InstanceConflictError, InvalidInstanceError, LeaseLostError } from '../../../src/discovery/errors.ts'
import { StoreLimitError } from '../../../src/discovery/store/limits.ts'

describe('statusOf', () => {
  it('knows a status for everything that a Store and its journal refuse', () => {
    const refusals = [
      new InvalidInstanceError('id', '', 'text'),
      new InstanceConflictError('users', 'u1'),
      new LeaseLostError('users', 'u1'),
      new JournalError('/data', 'is full'),
      new StoreLimitError('instances', 1),
    ]
    assert.deepEqual(refusals.map(statusOf), [400, 409, 410, 503, 507])
  })

  it('knows none for what nobody foresaw', () => {
    assert.equal(statusOf(new TypeError('x is undefined')), undefined)
  })
})
