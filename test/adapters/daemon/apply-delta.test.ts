import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { applyDelta } from '../../../src/adapters/daemon/apply-delta.ts'
import { fromWireInstance } from '../../../src/protocol/wire-instance.ts'

const wire = (id: string, weight = 1) => ({ id, weight, endpoints: ['tcp://127.0.0.1:1'], startedAt: 1 })
const instance = (id: string, weight = 1) => fromWireInstance('users', wire(id, weight))
const delta = { type: 'delta', service: 'users', from: 1, to: 2, known: true, settled: true } as const

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', 'z', 'é', '🙂') }))

describe('applyDelta', () => {
  it('gives what a map of all changes gives, in the order of ids', () => {
    fc.assert(
      fc.property(ids, ids, ids, (before, put, out) => {
        const gone = out.filter(id => !put.includes(id))
        const expected = new Map(before.map(id => [id, 1]))
        for (const id of gone) expected.delete(id)
        for (const id of put) expected.set(id, 2)
        const start = before.toSorted().map(id => instance(id))
        const result = applyDelta(start, { ...delta, put: put.map(id => wire(id, 2)), gone })
        const shown = result.map(({ id, weight }) => [id, weight])
        assert.deepEqual(
          shown,
          [...expected].toSorted(([a], [b]) => (a < b ? -1 : 1)),
        )
      }),
    )
  })

  it('shares what did not change with the old list, and leaves that as it was', () => {
    const before = [instance('a'), instance('b'), instance('c')]
    const after = applyDelta(before, { ...delta, put: [wire('b', 9)] })
    assert.equal(after[0], before[0])
    assert.equal(after[2], before[2])
    assert.equal(before[1]?.weight, 1)
    assert.equal(after[1]?.weight, 9)
  })

  it('changes what is said of an instance that is there, and shares the rest of it', () => {
    const before = [instance('a', 7), instance('b')]
    const [changed, same] = applyDelta(before, { ...delta, changed: [{ id: 'a', zone: 'here', status: 'late' }] })
    assert.deepEqual(changed, { ...before[0], zone: 'here', status: 'late' })
    assert.equal(changed?.endpoints, before[0]?.endpoints)
    assert.equal(same, before[1])
    assert.ok(Object.isFrozen(changed))
  })

  it('refuses a change of an instance that is not there', () => {
    for (const id of ['', 'a', 'c'])
      assert.throws(() => applyDelta([instance('b')], { ...delta, changed: [{ id }] }), { code: 'ERR_PROTOCOL' })
  })

  it('refuses an instance that is none', () => {
    const broken = { id: '', endpoints: [], startedAt: 0 }
    assert.throws(() => applyDelta([], { ...delta, put: [broken] }), { code: 'ERR_INVALID_INSTANCE' })
    const changed = [{ id: 'a', weight: -1 }]
    assert.throws(() => applyDelta([instance('a')], { ...delta, changed }), { code: 'ERR_INVALID_INSTANCE' })
  })
})
