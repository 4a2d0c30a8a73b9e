import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Balancer } from '../balancer/balancer.ts'
import { Candidate } from '../balancer/candidate.ts'
import { weightedSlots } from '../balancer/weighted-slots.ts'
import { seededRandom, type Random } from '../core/random.ts'
import { createInstance } from '../discovery/create-instance.ts'

/** What a Balancer is tried with. */
export interface BalancerSuiteOptions {
  /** Makes a new Balancer that takes all its chance from `random`. */
  create: (options: { random: Random }) => Balancer
}

const SEEDS = [1, 2, 3, 4, 5]
const PICKS = 6_000

/**
 * What every Balancer must hold to, as tests for Node's runner: call it in a test file with each Balancer you have. All chance is
 * seeded; nothing waits.
 */
export function balancerSuite(name: string, { create }: BalancerSuiteOptions): void {
  describe(`${name} as a Balancer`, () => {
    it('picks nothing from nothing', () => {
      assert.equal(create({ random: seededRandom(1) }).pick([]), undefined)
    })

    it('picks the only candidate there is, however loaded', () => {
      const balancer = create({ random: seededRandom(1) })
      const only = candidates(balancer, [1])
      for (let pending = 0; pending < 100; pending++) only[0]?.begin()
      assert.equal(balancer.pick(only), only[0])
    })

    it('picks from what it is given and nothing else, whatever it was given before', () => {
      for (const seed of SEEDS) staysWithin(create({ random: seededRandom(seed) }), seededRandom(seed + 100))
    })

    it('spreads requests over equal candidates evenly', () => {
      for (const seed of SEEDS) sharesByWeight(create({ random: seededRandom(seed) }), [1, 1, 1, 1, 1])
    })

    it('gives each candidate its share by weight', () => {
      for (const seed of SEEDS) sharesByWeight(create({ random: seededRandom(seed) }), [1, 2, 5])
    })

    it('picks the same from the same seed', () => {
      const [one, other] = [
        pickedIds(create({ random: seededRandom(7) })),
        pickedIds(create({ random: seededRandom(7) })),
      ]
      assert.deepEqual(one, other)
    })
  })
}

function candidates(balancer: Balancer, weights: readonly number[]): Candidate[] {
  return weights.map((weight, index) => {
    const instance = createInstance({
      serviceName: 'users',
      id: `users-${index}`,
      endpoints: ['tcp://127.0.0.1:1'],
      weight,
    })
    return new Candidate(instance, balancer.newLoad())
  })
}

/** Sets that grow and shrink while requests begin and end. */
function staysWithin(balancer: Balancer, random: Random): void {
  const all = candidates(balancer, [1, 1, 1, 1, 1, 1, 1, 1])
  const inFlight: Candidate[] = []
  for (let round = 0; round < 1_000; round++) {
    const given = all.filter(() => random.next() < 0.5)
    const picked = balancer.pick(given)
    if (given.length === 0) assert.equal(picked, undefined)
    else assert.ok(picked && given.includes(picked))
    if (picked) begin(picked, inFlight)
    if (random.next() < 0.5) inFlight.shift()?.end(5, false)
  }
}

function begin(candidate: Candidate, inFlight: Candidate[]): void {
  candidate.begin()
  inFlight.push(candidate)
}

/** Requests all take the same time, so a fair share by weight is what every policy comes to. */
function sharesByWeight(balancer: Balancer, weights: readonly number[]): void {
  const all = candidates(balancer, weights)
  const slots = weightedSlots(all)
  const counts = new Map<Candidate, number>()
  const inFlight: Candidate[] = []
  for (let round = 0; round < PICKS; round++) {
    const picked = balancer.pick(slots)
    assert.ok(picked)
    counts.set(picked, (counts.get(picked) ?? 0) + 1)
    begin(picked, inFlight)
    if (inFlight.length >= 3 * all.length) inFlight.shift()?.end(5, false)
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  for (const candidate of all) {
    const fairShare = (PICKS * candidate.instance.weight) / total
    const share = counts.get(candidate) ?? 0
    assert.ok(
      Math.abs(share - fairShare) < 0.2 * fairShare,
      `${candidate.instance.id}: ${share} instead of ${fairShare}`,
    )
  }
}

function pickedIds(balancer: Balancer): (string | undefined)[] {
  const all = candidates(balancer, [1, 1, 1, 1])
  return Array.from({ length: 50 }, () => balancer.pick(all)?.instance.id)
}
