import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withStatus } from '../../../src/discovery/store/with-status.ts'
import { users } from './instances.ts'

describe('withStatus', () => {
  it('says the same but for the status, and is frozen', () => {
    const instance = users('a', { weight: 3, zone: 'z', version: 'v', tags: ['t'], metadata: { k: 'v' } })
    const result = withStatus(instance, 'late')
    assert.deepEqual(result, { ...instance, status: 'late' })
    assert.ok(Object.isFrozen(result))
  })

  it('is the instance itself if that is its status', () => {
    const instance = users('a')
    assert.equal(withStatus(instance, instance.status), instance)
  })
})
