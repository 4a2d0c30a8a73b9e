import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { changesBetween } from '../../src/discovery/instance-changes.ts'
import { instance } from './scripted-registry.ts'

describe('changesBetween', () => {
  it('names the fields that differ, with their new values', () => {
    const changes = changesBetween(instance('a'), instance('a', { weight: 2, metadata: { key: 'value' } }))
    assert.deepEqual(changes, { weight: 2, metadata: { key: 'value' } })
  })

  it('is undefined when nothing differs but the status', () => {
    assert.equal(
      changesBetween(instance('a', { tags: ['t'] }), instance('a', { tags: ['t'], status: 'late' })),
      undefined,
    )
  })
})
