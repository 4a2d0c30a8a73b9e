import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { differenceOf } from '../../../src/discovery/engine/set-difference.ts'
import type { Instance } from '../../../src/discovery/instance.ts'
import { users } from '../store/instances.ts'

/** Instances by id and weight: the same objects every time, so that unchanged ones are shared, or equal ones. */
const shared = new Map<string, Instance>()
const contents = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat({ max: 2 }), fc.boolean()), {
  selector: ([id]) => id,
})

function listOf(content: readonly [string, number, boolean][]): Instance[] {
  return content
    .map(([id, weight, isShared]) => instance(id, weight, isShared))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
}

function instance(id: string, weight: number, isShared: boolean): Instance {
  const key = `${id}${weight}`
  const known = shared.get(key) ?? users(id, { weight })
  shared.set(key, known)
  return isShared ? known : users(id, { weight })
}

describe('differenceOf', () => {
  it('makes the one of the other, with nothing that need not be done', () => {
    fc.assert(
      fc.property(contents, contents, (some, others) => {
        const [before, after] = [listOf(some), listOf(others)]
        const { put, gone } = differenceOf(before, after)
        const old = new Map(before.map(one => [one.id, one]))
        const now = new Map(after.map(one => [one.id, one]))
        assert.deepEqual(
          gone,
          before.filter(({ id }) => !now.has(id)),
        )
        assert.deepEqual(
          put,
          after.filter(one => old.get(one.id)?.weight !== one.weight),
        )
      }),
    )
  })

  it('finds nothing between a list and itself', () => {
    const list = [users('a'), users('b')]
    assert.deepEqual(differenceOf(list, list), { put: [], gone: [] })
    assert.deepEqual(differenceOf([], []), { put: [], gone: [] })
  })
})
