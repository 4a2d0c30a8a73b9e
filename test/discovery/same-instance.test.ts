import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createInstance } from '../../src/discovery/create-instance.ts'
import type { InstanceInit } from '../../src/discovery/instance.ts'
import { sameInstance, sameInstances } from '../../src/discovery/same-instance.ts'

const init: InstanceInit = {
  serviceName: 'users',
  id: 'users-1',
  endpoints: ['tcp://10.0.0.5:8080', 'unix:/run/users.sock'],
  tags: ['a', 'b'],
  metadata: { one: '1', two: '2' },
  startedAt: 1,
}

describe('sameInstance', () => {
  it('holds for two that say the same, whatever the order of their metadata', () => {
    assert.ok(sameInstance(createInstance(init), createInstance({ ...init, metadata: { two: '2', one: '1' } })))
  })

  const changes: Partial<InstanceInit>[] = [
    { serviceName: 'orders' },
    { id: 'users-2' },
    { endpoints: ['unix:/run/users.sock', 'tcp://10.0.0.5:8080'] },
    { weight: 2 },
    { zone: 'eu' },
    { version: '2' },
    { tags: ['a'] },
    { metadata: { one: '1', three: '2' } },
    { metadata: { one: '1', two: '3' } },
    { startedAt: 2 },
    { status: 'draining' },
  ]
  for (const change of changes) {
    it(`does not hold with ${JSON.stringify(change)}`, () => {
      assert.equal(sameInstance(createInstance(init), createInstance({ ...init, ...change })), false)
    })
  }
})

describe('sameInstances', () => {
  it('compares one by one', () => {
    const [one, two] = [createInstance(init), createInstance({ ...init, id: 'users-2' })]
    assert.ok(sameInstances([one, two], [createInstance(init), two]))
    assert.equal(sameInstances([one, two], [two, one]), false)
    assert.equal(sameInstances([one], [one, two]), false)
  })
})
