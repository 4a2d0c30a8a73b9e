import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { leastRequests } from '../../src/balancer/least-requests.ts'

describe('leastRequests', () => {
  it('is as heavy as there are requests in flight, whatever it heard', () => {
    leastRequests.heard(1_000, true)
    assert.deepEqual(
      [0, 1, 7].map(pending => leastRequests.cost(pending)),
      [0, 1, 7],
    )
  })
})
