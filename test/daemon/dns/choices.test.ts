import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../src/core/random.ts'
import { Choices, type ChoiceType } from '../../../src/daemon/dns/choices.ts'

const node = { name: 'n1', address: '127.0.0.1', metadata: {} }
const instances = [{ address: '10.0.0.1', port: 80, weight: 1, tags: ['v1'], node }]
const query = { type: 'A', tag: '', ttlS: 0, suffix: 'dc1.consul' } as const

describe('Choices', () => {
  it('computes what does not change once, also that there are no addresses of a family', () => {
    const choices = new Choices(seededRandom(1))
    for (const type of ['SRV', 'A', 'AAAA', 'other'] satisfies ChoiceType[]) {
      assert.equal(choices.of(instances, { ...query, type }), choices.of(instances, { ...query, type }), type)
    }
    assert.equal(choices.of(instances, { ...query, tag: 'v1' }), choices.of(instances, { ...query, tag: 'v1' }))
  })

  it('keeps nothing of tags that no instance has', () => {
    const choices = new Choices(seededRandom(1))
    const none = choices.of(instances, { ...query, tag: 'v9' })
    assert.deepEqual(none, [])
    assert.notEqual(choices.of(instances, { ...query, tag: 'v9' }), none)
  })
})
