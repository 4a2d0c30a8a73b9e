import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import type { Claim } from '../../../src/discovery/store/owner.ts'
import { OrderedClaims } from '../../../src/discovery/store/ordered-claims.ts'
import { claimOf, users } from './instances.ts'

const idsOf = (claims: OrderedClaims) => claims.inOrder().map(({ instance }) => instance.id)

function claimsOf(...ids: string[]): OrderedClaims {
  const claims = new OrderedClaims()
  for (const id of ids) claims.put(claimOf(users(id)))
  return claims
}

describe('OrderedClaims', () => {
  it('are in the order of their ids', () => {
    assert.deepEqual(idsOf(claimsOf('c', 'a', 'b')), ['a', 'b', 'c'])
  })

  it('have one claim for an id, the last that was put', () => {
    const claims = claimsOf('a', 'b')
    const claim = claimOf(users('a'))
    claims.inOrder()
    claims.put(claim)
    claims.put(claim)
    assert.deepEqual([claims.get('a'), claims.size, claims.inOrder()[0]], [claim, 2, claim])
  })

  it('forget what is deleted, whether its order was asked for or not', () => {
    const claims = claimsOf('a', 'b')
    claims.delete('a')
    claims.delete('a')
    assert.deepEqual(idsOf(claims), ['b'])
    claims.delete('b')
    assert.deepEqual([idsOf(claims), claims.size, claims.get('b')], [[], 0, undefined])
  })

  it('keep nothing of what has gone when more has gone than is there, although nobody asks for the order again', async () => {
    const claims = claimsOf('a')
    const gone = new WeakRef(claimOf(users('b')))
    claims.put(gone.deref() ?? assert.fail())
    claims.inOrder()
    claims.delete('a')
    claims.delete('b')
    v8.setFlagsFromString('--expose-gc')
    // What was looked at in this turn is kept to its end.
    await nextTurn()
    ;(runInNewContext('gc') as () => void)()
    v8.setFlagsFromString('--no-expose-gc')
    assert.equal(gone.deref(), undefined)
    assert.deepEqual(idsOf(claims), [])
  })

  it('are in order again after very many have come and gone without a question', () => {
    const claims = claimsOf('b', 'd')
    claims.inOrder()
    for (let number = 0; number < 1500; number++) claims.put(claimOf(users(`c-${number}`)))
    for (let number = 0; number < 1499; number++) claims.delete(`c-${number}`)
    claims.put(claimOf(users('a')))
    claims.delete('d')
    assert.deepEqual(idsOf(claims), ['a', 'b', 'c-1499'])
  })

  it('are what a Map of them sorted is, whatever comes and goes and whenever they are asked', () => {
    const step = fc.record({ id: fc.nat({ max: 40 }), what: fc.constantFrom('put', 'put', 'delete', 'ask') })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), steps => {
        const claims = new OrderedClaims()
        const model = new Map<string, Claim>()
        for (const { id: number, what } of steps) {
          const id = `id-${number}`
          const claim = claimOf(users(id))
          if (what === 'put') claims.put(claim)
          if (what === 'put') model.set(id, claim)
          if (what === 'delete') claims.delete(id)
          if (what === 'delete') model.delete(id)
          if (what === 'ask') claims.inOrder()
        }
        const expected = [...model.keys()].toSorted((one, other) => (one < other ? -1 : 1))
        assert.deepEqual(idsOf(claims), expected)
        assert.ok(claims.inOrder().every(claim => model.get(claim.instance.id) === claim))
        assert.equal(claims.size, model.size)
      }),
    )
  })
})
