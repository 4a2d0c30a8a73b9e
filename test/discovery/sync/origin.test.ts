import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { imageOf, isImage } from '../../../src/discovery/sync/origin.ts'
import { users } from '../store/instances.ts'

describe('imageOf', () => {
  it('marks an image as one, which its original is not, and has it ready', () => {
    const original = users('a', { metadata: { owner: 'crew' }, status: 'draining' })
    const image = imageOf(original, 'consul://h:8500')
    assert.deepEqual([isImage(original), isImage(image)], [false, true])
    assert.deepEqual(image.metadata, { owner: 'crew', 'ropewalk.synced-from': 'consul://h:8500' })
    assert.equal(image.status, 'ready')
  })

  it('refuses an instance whose metadata have no room for the mark', () => {
    const full = users('a', { metadata: { k: 'x'.repeat(65_535) } })
    assert.throws(() => imageOf(full, 'old:'), { code: 'ERR_INVALID_INSTANCE' })
  })
})
