import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sharing } from '../../../src/discovery/store/sharing.ts'
import { users } from './instances.ts'

const SAID = { zone: 'z', version: 'v' }

describe('sharing', () => {
  it('says the same but for the status, and is frozen, with or without another instance', () => {
    const instance = users('a', { ...SAID, weight: 3, tags: ['t'], metadata: { k: 'v' } })
    for (const other of [undefined, users('b'), users('b', { ...SAID, tags: ['t'], metadata: { k: 'v' } })]) {
      const result = sharing(instance, 'late', other)
      assert.deepEqual(result, { ...instance, status: 'late' })
      assert.ok(Object.isFrozen(result))
    }
  })

  it('has the very tags and metadata of the other where they are the same', () => {
    const other = users('b', { tags: ['t', 'u'], metadata: { k: 'v' } })
    const same = sharing(users('a', { tags: ['t', 'u'], metadata: { k: 'v' } }), 'ready', other)
    assert.equal(same.tags, other.tags)
    assert.equal(same.metadata, other.metadata)
    const another = users('c', { tags: ['u', 't'], metadata: { k: 'w' } })
    assert.deepEqual(sharing(another, 'ready', other), another)
  })
})
