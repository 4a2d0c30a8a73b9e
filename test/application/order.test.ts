import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { inOrder, type Ordered, orderDown, orderUp } from '../../src/application/order.ts'

function sibling(name: string, after?: string[]): Ordered {
  return { name, after }
}

/** Lists of siblings, each after all before it, or after some of them. */
const lists = fc
  .array(fc.option(fc.array(fc.nat(9), { maxLength: 4 }), { nil: undefined }), { maxLength: 10 })
  .map(list =>
    list.map((after, index) =>
      sibling(
        `s${index}`,
        after?.filter(at => at < index).map(at => `s${at}`),
      ),
    ),
  )

/** What each step had seen done when it was taken. */
async function doneBefore(order: ReadonlyMap<Ordered, readonly Ordered[]>): Promise<Map<string, Set<string>>> {
  const done = new Set<string>()
  const seen = new Map<string, Set<string>>()
  await inOrder(order, async ({ name }) => {
    seen.set(name, new Set(done))
    await new Promise(resolve => setImmediate(resolve))
    done.add(name)
  })
  return seen
}

describe('orderUp', () => {
  it('puts each sibling after all before it unless it says otherwise', async () => {
    const siblings = [sibling('db'), sibling('cache', []), sibling('web')]
    const seen = await doneBefore(orderUp(siblings))
    assert.deepEqual(
      Array.from(seen.values(), names => Array.from(names)),
      [[], [], ['db', 'cache']],
    )
  })

  it('needs one edge for each of a plain list', () => {
    const order = orderUp(Array.from({ length: 100 }, (_, index) => sibling(`s${index}`)))
    assert.equal(Math.max(...[...order.values()].map(before => before.length)), 1)
  })

  it('passes over names that are not before', () => {
    const [lone] = orderUp([sibling('lone', ['gone'])]).values()
    assert.deepEqual(lone, [])
  })

  it('waits, for any list, for exactly what each sibling has to come after, and what that waits for', async () => {
    await fc.assert(
      fc.asyncProperty(lists, async siblings => {
        const seen = await doneBefore(orderUp(siblings))
        for (const [index, { name, after }] of siblings.entries()) {
          const needed = after ?? siblings.slice(0, index).map(each => each.name)
          assert.ok(needed.every(other => seen.get(name)?.has(other)))
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('orderDown', () => {
  it('is, for any list, the reverse of the way up', async () => {
    await fc.assert(
      fc.asyncProperty(lists, async siblings => {
        const seen = await doneBefore(orderDown(siblings))
        for (const [later, before] of orderUp(siblings)) {
          assert.ok(before.every(({ name }) => seen.get(name)?.has(later.name)))
        }
        assert.equal(seen.size, siblings.length)
      }),
      { numRuns: 50 },
    )
  })
})

describe('inOrder', () => {
  it('takes no step after one that failed, lets those under way settle, and rejects with the first error', async () => {
    const siblings = [sibling('a', []), sibling('b', []), sibling('c', ['a'])]
    const finished: string[] = []
    const step = async ({ name }: Ordered) => {
      if (name === 'a') throw new Error('a failed')
      await new Promise(resolve => setImmediate(resolve))
      finished.push(name)
    }
    await assert.rejects(inOrder(orderUp(siblings), step), { message: 'a failed' })
    assert.deepEqual(finished, ['b'])
  })
})
