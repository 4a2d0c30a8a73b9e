import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { createInstance } from '../../src/discovery/create-instance.ts'
import type { Instance } from '../../src/discovery/instance.ts'
import type { InstanceSet } from '../../src/discovery/instance-set.ts'
import { formatChanges } from '../../src/cli/set-changes.ts'

const instance = (id: string, fields: Partial<Instance> = {}) =>
  createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, ...fields })
const set = (...instances: Instance[]): InstanceSet => ({
  serviceName: 'users',
  revision: 1,
  instances,
  known: instances.length > 0,
  settled: true,
  ageMs: 0,
  stale: false,
})
const changes = (before: InstanceSet | undefined, after: InstanceSet) =>
  stripVTControlCharacters(formatChanges(before, after, 0))
    .split('\n')
    .map(line => line.replace(/^\d\d:\d\d:\d\d /, ''))

describe('formatChanges', () => {
  it('shows the first set whole, after how many there are', () => {
    assert.deepEqual(changes(undefined, set(instance('a'))), ['users: 1 instances', '+ a tcp://127.0.0.1:1 ready'])
    assert.deepEqual(changes(undefined, set()), ['users: not known yet'])
  })

  it('shows what joined, changed and left', () => {
    const before = set(instance('a'), instance('b'))
    const after = set(instance('b', { status: 'draining', weight: 2 }), instance('c'))
    assert.deepEqual(changes(before, after), [
      '~ b weight 1 → 2, status "ready" → "draining"',
      '+ c tcp://127.0.0.1:1 ready',
      '- a',
    ])
  })

  it('is empty when nothing has changed', () => {
    assert.equal(formatChanges(set(instance('a')), set(instance('a')), 0), '')
  })
})
