import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { SortedKeys } from '../../../../src/daemon/consul/state/sorted-keys.ts'

describe('SortedKeys', () => {
  it('has what was added and not deleted, in order', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 4 })
    const step = fc.record({ key, deletes: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step), key, (steps, prefix) => {
        const keys = new SortedKeys()
        const model = new Set<string>()
        for (const { key: one, deletes } of steps) {
          if (deletes) keys.delete(one)
          else if (!model.has(one)) keys.add(one)
          if (deletes) model.delete(one)
          else model.add(one)
        }
        const expected = [...model].filter(one => one.startsWith(prefix)).toSorted()
        assert.deepEqual([...keys.startingWith(prefix)], expected)
      }),
    )
  })
})
