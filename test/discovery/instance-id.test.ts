import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { describe, it } from 'node:test'
import { seededRandom } from '../../src/core/random.ts'
import { createInstanceId } from '../../src/discovery/instance-id.ts'
import { instance } from './scripted-registry.ts'

describe('createInstanceId', () => {
  it('names service, host and process, and differs every time', () => {
    const random = seededRandom(1)
    const ids = Array.from({ length: 100 }, () => createInstanceId('users', random))
    assert.ok(ids.every(id => id.startsWith(`users-${hostname()}-${process.pid}-`)))
    assert.equal(new Set(ids).size, 100)
  })

  it('is a valid id for any service name', () => {
    for (const serviceName of ['x'.repeat(255), '绳'.repeat(85), '🪢'.repeat(63)]) {
      instance(createInstanceId(serviceName, { next: () => 0 }), { serviceName })
    }
  })
})
