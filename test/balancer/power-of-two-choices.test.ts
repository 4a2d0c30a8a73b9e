import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Candidate } from '../../src/balancer/candidate.ts'
import type { Load } from '../../src/balancer/load.ts'
import { PowerOfTwoChoices } from '../../src/balancer/power-of-two-choices.ts'
import { weightedSlots } from '../../src/balancer/weighted-slots.ts'
import { balancerSuite, seededRandom } from '../../src/testing/index.ts'
import { candidatesOf, instanceOf } from './candidates.ts'

balancerSuite('PowerOfTwoChoices', { create: options => new PowerOfTwoChoices(options) })

describe('PowerOfTwoChoices', () => {
  it('takes the one with fewer requests in flight of two', () => {
    const balancer = new PowerOfTwoChoices({ random: seededRandom(1) })
    const [busy, idle] = candidatesOf([1, 1]) as [Candidate, Candidate]
    busy.begin()
    for (let round = 0; round < 50; round++) assert.equal(balancer.pick([busy, idle]), idle)
  })

  it('counts requests in flight against the weight', () => {
    const balancer = new PowerOfTwoChoices({ random: seededRandom(1) })
    const [small, big] = candidatesOf([1, 4]) as [Candidate, Candidate]
    small.begin()
    for (let pending = 0; pending < 3; pending++) big.begin()
    for (let round = 0; round < 50; round++) assert.equal(balancer.pick([small, big]), big)
  })

  it('always draws two different candidates, so the most loaded one is never taken', () => {
    const balancer = new PowerOfTwoChoices({ random: seededRandom(3) })
    const candidates = candidatesOf([1, 1, 1, 1])
    candidates[2]?.begin()
    for (let round = 0; round < 500; round++) assert.notEqual(balancer.pick(candidates), candidates[2])
  })

  it('draws two different ones also when weights differ, so that one that hangs is given nothing while another is idle', () => {
    const balancer = new PowerOfTwoChoices({ random: seededRandom(3) })
    for (const weights of [
      [10, 4],
      [10, 1],
      [10, 10, 1],
    ]) {
      const candidates = candidatesOf(weights)
      const slots = weightedSlots(candidates)
      for (let pending = 0; pending < 100; pending++) candidates[0]?.begin()
      for (let round = 0; round < 500; round++) assert.notEqual(balancer.pick(slots), candidates[0])
    }
  })

  it('takes the only candidate there is, whose slots are all there are', () => {
    const balancer = new PowerOfTwoChoices({ random: seededRandom(3) })
    const [only] = candidatesOf([1]) as [Candidate]
    assert.equal(balancer.pick([only, only, only]), only)
  })

  it('keeps the longest queue shorter than chance alone does', () => {
    const balancer = new PowerOfTwoChoices({ random: seededRandom(5) })
    const candidates = candidatesOf(Array.from({ length: 1_000 }, () => 1))
    for (let request = 0; request < 1_000; request++) balancer.pick(candidates)?.begin()
    assert.ok(Math.max(...candidates.map(candidate => candidate.pending)) <= 4)
  })

  it('chooses by another Load when given one, and tells it how requests went', () => {
    const balancer = new PowerOfTwoChoices({ load: () => new LastLatency(), random: seededRandom(1) })
    const slow = new Candidate(instanceOf('slow'), balancer.newLoad())
    const fast = new Candidate(instanceOf('fast'), balancer.newLoad())
    slow.begin()
    slow.end(200, false)
    fast.begin()
    fast.end(20, false)
    assert.equal(balancer.pick([slow, fast]), fast)
    assert.equal(slow.pending, 0)
  })
})

class LastLatency implements Load {
  #latencyMs = 0
  cost(): number {
    return this.#latencyMs
  }
  heard(latencyMs: number): void {
    this.#latencyMs = latencyMs
  }
}
