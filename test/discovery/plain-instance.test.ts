import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createInstance } from '../../src/discovery/create-instance.ts'
import { plainInstance } from '../../src/discovery/plain-instance.ts'

describe('plainInstance', () => {
  it('says the same in the same order, in lists that are not frozen', () => {
    const instance = createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://10.0.0.5:80'], tags: ['blue'] })
    const plain = plainInstance(instance)
    assert.equal(JSON.stringify(plain), JSON.stringify(instance))
    assert.ok(!Object.isFrozen(plain.endpoints) && !Object.isFrozen(plain.tags))
  })
})
