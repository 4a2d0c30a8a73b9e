import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { consulId, consulName, serviceNameOf } from '../../../src/adapters/consul/names.ts'
import { validateServiceName } from '../../../src/discovery/create-instance.ts'

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter(isName)

function isName(text: string): boolean {
  try {
    validateServiceName(text)
    return true
  } catch {
    return false
  }
}

describe('Names in Consul', () => {
  it('are those of the services, as far as can be', () => {
    for (const own of ['users', 'Users', 'a b', 'ünï-绳', '%2e%2e', 'a?b#c', '{}']) assert.equal(consulName(own), own)
    assert.deepEqual(['.', '..', '=x'].map(consulName), ['=2e', '=2e2e', '=3d78'])
  })

  it('can be read back', () => {
    fc.assert(fc.property(name, own => serviceNameOf(consulName(own)) === own))
  })

  it('that Ropewalk has not are not read', () => {
    assert.deepEqual(['a/b', 'a\nb', '', 'x'.repeat(256)].map(serviceNameOf), [
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('Ids in Consul', () => {
  it('are readable where both parts are', () => {
    assert.equal(consulId({ serviceName: 'users', id: 'users-1' }), 'users:users-1')
  })

  it('are unique whatever Consul takes for the same', () => {
    const keys = [
      { serviceName: 'users', id: 'a' },
      { serviceName: 'users', id: 'A' },
      { serviceName: 'Users', id: 'a' },
      { serviceName: 'us', id: 'ers:a' },
      { serviceName: 'users:a', id: 'a' },
    ]
    const ids = keys.map(key => consulId(key).toLowerCase())
    assert.equal(new Set(ids).size, keys.length)
  })

  it('are plain whatever the instance is called', () => {
    fc.assert(fc.property(name, name, (serviceName, id) => /^[a-z0-9.:~-]{1,300}$/.test(consulId({ serviceName, id }))))
  })
})
