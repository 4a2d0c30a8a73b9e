import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SESSION_PATH } from '../../src/protocol/protocol.ts'
import { LEASE_HEADER, REST_PATH } from '../../src/protocol/rest.ts'

describe('The REST API', () => {
  it('is found beside the session, under the same version', () => {
    assert.equal(SESSION_PATH, `${REST_PATH}/session`)
  })

  it('spells the header of leases as Node hands headers out', () => {
    assert.equal(LEASE_HEADER, LEASE_HEADER.toLowerCase())
    assert.equal(new Headers({ 'Ropewalk-Lease': 'x' }).get(LEASE_HEADER), 'x')
  })
})
