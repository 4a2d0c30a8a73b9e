import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { shortened } from '../../../tools/consul-api/shortened.ts'

const never = () => false

describe('shortened', () => {
  it('leaves of a list what it takes to fail, in order', async () => {
    const items = fc.uniqueArray(fc.nat(), { maxLength: 40 })
    const cases = items.chain(list => fc.record({ list: fc.constant(list), needed: fc.subarray(list) }))
    await fc.assert(
      fc.asyncProperty(cases, async ({ list, needed }) => {
        const fails = async (some: readonly number[]) => needed.every(item => some.includes(item))
        assert.deepEqual(await shortened(list, { fails, isOver: never }), needed)
      }),
    )
  })

  it('takes few tries for a long list', async () => {
    let tries = 0
    const fails = async (some: readonly number[]) => {
      tries++
      return some.includes(700)
    }
    await shortened(Array.from(Array(1_000).keys()), { fails, isOver: never })
    assert.ok(tries < 30, `${tries} tries`)
  })

  it('ends with what it has when its time is over', async () => {
    let tries = 0
    const fails = async () => ++tries > 0
    const list = await shortened([1, 2, 3, 4], { fails, isOver: () => tries === 1 })
    assert.deepEqual(list, [3, 4])
  })
})
