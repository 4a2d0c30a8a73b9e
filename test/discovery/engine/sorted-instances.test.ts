import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { SortedInstances } from '../../../src/discovery/engine/sorted-instances.ts'
import { users } from '../store/instances.ts'

const ids = fc.constantFrom('B', 'a', 'a1', 'b', 'c', 'ü')
const changes = fc.array(
  fc.oneof(
    fc.record({ put: ids, weight: fc.nat({ max: 3 }) }),
    fc.record({ remove: ids }),
    fc.record({ replace: fc.uniqueArray(fc.tuple(ids, fc.nat({ max: 3 })), { selector: ([id]) => id }) }),
  ),
)

function inOrder(model: ReadonlyMap<string, number>): [string, number][] {
  return [...model].toSorted(([one], [other]) => (one < other ? -1 : 1))
}

function text(model: ReadonlyMap<string, number>): string {
  return JSON.stringify(inOrder(model))
}

describe('SortedInstances', () => {
  it('has what a map that is sorted each time would have, after any changes', () => {
    fc.assert(
      fc.property(changes, all => {
        const sorted = new SortedInstances()
        let model = new Map<string, number>()
        for (const change of all) {
          const before = text(model)
          let isChange: boolean
          if ('put' in change) {
            isChange = sorted.put(users(change.put, { weight: change.weight }))
            model.set(change.put, change.weight)
          } else if ('remove' in change) {
            isChange = sorted.remove(change.remove)
            model.delete(change.remove)
          } else {
            isChange = sorted.replace(change.replace.map(([id, weight]) => users(id, { weight })))
            model = new Map(change.replace)
          }
          assert.equal(isChange, text(model) !== before)
          const expected = inOrder(model).map(([id, weight]) => users(id, { weight }))
          assert.deepEqual(sorted.list, expected)
        }
      }),
    )
  })

  it('keeps the object of what has not changed, and lists that never change again', () => {
    const sorted = new SortedInstances()
    sorted.put(users('a'))
    sorted.put(users('b'))
    const [before, a] = [sorted.list, sorted.get('a')]
    assert.equal(sorted.list, before)
    sorted.replace([users('c'), users('a')])
    assert.equal(sorted.get('a'), a)
    assert.equal(sorted.get('b'), undefined)
    assert.deepEqual(before, [users('a'), users('b')])
  })
})
