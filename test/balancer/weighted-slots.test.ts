import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { weightedSlots } from '../../src/balancer/weighted-slots.ts'
import { candidatesOf } from './candidates.ts'

describe('weightedSlots', () => {
  it('is the array itself when all weights are equal', () => {
    const candidates = candidatesOf([7, 7, 7])
    assert.equal(weightedSlots(candidates), candidates)
    const none = candidatesOf([0, 0])
    assert.equal(weightedSlots(none), none)
  })

  it('reduces weights by what they have in common', () => {
    assert.equal(weightedSlots(candidatesOf([100, 300])).length, 4)
  })

  it('gives every candidate at least one slot and a share within one slot of its weight', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 })
    fc.assert(fc.property(weights, hasFairShares))
  })

  it('stays small however far weights are apart', () => {
    const slots = weightedSlots(candidatesOf([1, 65_535, 65_534]))
    assert.ok(slots.length <= 16_386)
    assert.equal(slots.filter(candidate => candidate.instance.id === '0').length, 1)
  })

  it('never leaves a candidate waiting much longer than its share of the whole', () => {
    const slots = weightedSlots(candidatesOf([5, 3, 2]))
    const places = slots.flatMap((candidate, place) => (candidate.instance.id === '0' ? [place] : []))
    const gaps = places.slice(1).map((place, index) => place - (places[index] as number))
    assert.ok(Math.max(...gaps) <= 3, `gaps ${gaps.join(', ')}`)
  })
})

function hasFairShares(weights: number[]): void {
  const candidates = candidatesOf(weights)
  const slots = weightedSlots(candidates)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  for (const candidate of candidates) {
    const count = slots.filter(other => other === candidate).length
    assert.ok(count >= 1)
    assert.ok(Math.abs(count - (slots.length * candidate.instance.weight) / total) <= 1)
  }
}
