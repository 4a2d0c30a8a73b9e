import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidInstanceError } from '../../../src/discovery/errors.ts'
import type { InstanceChanges } from '../../../src/discovery/lease.ts'
import { changed } from '../../../src/discovery/store/changed.ts'
import { users } from './instances.ts'

describe('changed', () => {
  it('makes the changes and keeps the rest', () => {
    const instance = users('a', { zone: 'z' })
    assert.deepEqual(changed(instance, { weight: 5, tags: ['x'] }), { ...instance, weight: 5, tags: ['x'] })
  })

  it('changes neither the name nor the id nor the status, whoever asks', () => {
    const changes = { id: 'b', serviceName: 'orders', status: 'draining' } as InstanceChanges
    assert.deepEqual(changed(users('a'), changes), users('a'))
  })

  it('refuses a field out of its limits', () => {
    assert.throws(() => changed(users('a'), { weight: -1 }), InvalidInstanceError)
    assert.throws(() => changed(users('a'), { tags: 5 } as unknown as InstanceChanges), InvalidInstanceError)
  })
})
