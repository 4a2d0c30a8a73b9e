import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Owner } from '../../../src/discovery/store/owner.ts'

describe('Owner', () => {
  it('is connected from the first if it has a session, and lives by its heartbeat otherwise', () => {
    const init = { id: 'x', name: 'x' }
    assert.equal(new Owner(init, { kind: 'session', now: 5 }).presence, 'connected')
    assert.equal(new Owner(init, { kind: 'timed', now: 5 }).presence, 'timed')
    assert.equal(new Owner(init, { kind: 'timed', now: 5 }).heardAt, 5)
  })
})
