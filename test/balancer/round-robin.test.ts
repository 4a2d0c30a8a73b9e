import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RoundRobin } from '../../src/balancer/round-robin.ts'
import { weightedSlots } from '../../src/balancer/weighted-slots.ts'
import { balancerSuite, seededRandom } from '../../src/testing/index.ts'
import { candidatesOf } from './candidates.ts'

balancerSuite('RoundRobin', { create: options => new RoundRobin(options) })

describe('RoundRobin', () => {
  it('takes each in turn', () => {
    const balancer = new RoundRobin({ random: { next: () => 0 } })
    const candidates = candidatesOf([1, 1, 1])
    const picked = Array.from({ length: 6 }, () => balancer.pick(candidates)?.instance.id)
    assert.deepEqual(picked, ['1', '2', '0', '1', '2', '0'])
  })

  it('takes each as often as its weight says, evenly spread', () => {
    const balancer = new RoundRobin({ random: { next: () => 0 } })
    const slots = weightedSlots(candidatesOf([4, 2]))
    const picked = Array.from({ length: 6 }, () => balancer.pick(slots)?.instance.id)
    assert.deepEqual(picked, ['1', '0', '0', '1', '0', '0'])
  })

  it('begins anywhere, so that callers that start together do not all begin with the same', () => {
    const candidates = candidatesOf([1, 1, 1, 1])
    const first = Array.from(
      { length: 40 },
      (_, seed) => new RoundRobin({ random: seededRandom(seed) }).pick(candidates)?.instance.id,
    )
    assert.equal(new Set(first).size, 4)
  })

  it('goes on when the set has shrunk below the turn it was at', () => {
    const balancer = new RoundRobin({ random: { next: () => 0.5 } })
    const candidates = candidatesOf([1, 1, 1, 1, 1])
    for (let turn = 0; turn < 4; turn++) balancer.pick(candidates)
    assert.ok(balancer.pick(candidates.slice(0, 2)))
  })
})
