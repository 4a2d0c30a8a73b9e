import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { canonical } from '../../../src/discovery/store/canonical.ts'
import { users } from './instances.ts'

describe('canonical', () => {
  it('says the same but for the status, and is frozen', () => {
    const instance = users('a', { weight: 3, zone: 'z', version: 'v', tags: ['t'], metadata: { k: 'v' } })
    const result = canonical(instance, 'late')
    assert.deepEqual(result, { ...instance, status: 'late' })
    assert.ok(Object.isFrozen(result))
  })

  it('shares empty lists and metadata among all instances', () => {
    const [one, other] = [canonical(users('a'), 'ready'), canonical(users('b'), 'ready')]
    assert.equal(one.tags, other.tags)
    assert.equal(one.metadata, other.metadata)
  })
})
