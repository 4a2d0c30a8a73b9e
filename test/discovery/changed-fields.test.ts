import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALL_FIELDS, changedFields, fieldsIn, STATUS_FIELD } from '../../src/discovery/changed-fields.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'
import type { Instance } from '../../src/discovery/instance.ts'

const instance = createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 })
const changes: Partial<Instance> = {
  endpoints: ['tcp://127.0.0.1:2'],
  weight: 2,
  zone: 'z',
  version: '2',
  tags: ['blue'],
  metadata: { key: 'value' },
  startedAt: 1,
  status: 'late',
}

describe('changedFields', () => {
  it('is empty for two that say the same', () => {
    assert.equal(changedFields(instance, createInstance(instance)), 0)
  })

  it('has each field that differs, and no other', () => {
    for (const [field, value] of Object.entries(changes)) {
      const to = createInstance({ ...instance, [field]: value as never })
      assert.deepEqual(fieldsIn(changedFields(instance, to)), [field])
    }
    assert.equal(changedFields(instance, { ...instance, ...changes }), ALL_FIELDS)
  })

  it('makes unions of bits', () => {
    const late = changedFields(instance, { ...instance, status: 'late' })
    const heavy = changedFields(instance, { ...instance, weight: 2 })
    assert.equal(late, STATUS_FIELD)
    assert.deepEqual(fieldsIn(late | heavy), ['weight', 'status'])
  })
})
