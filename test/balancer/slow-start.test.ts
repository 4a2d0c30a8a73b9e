import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { Balancer } from '../../src/balancer/balancer.ts'
import { Candidate } from '../../src/balancer/candidate.ts'
import { CandidateSet } from '../../src/balancer/candidate-set.ts'
import { leastRequests } from '../../src/balancer/least-requests.ts'
import { PowerOfTwoChoices } from '../../src/balancer/power-of-two-choices.ts'
import { RandomChoice } from '../../src/balancer/random-choice.ts'
import { RoundRobin } from '../../src/balancer/round-robin.ts'
import { SlowStart } from '../../src/balancer/slow-start.ts'
import { FakeClock, seededRandom } from '../../src/testing/index.ts'
import { instanceOf } from './candidates.ts'
import { simulateRestart } from './restart-simulation.ts'

const WINDOW_MS = 10_000

/** A service of which a caller sees every set, with its clock. */
class Watched {
  readonly clock = new FakeClock()
  readonly slowStart: SlowStart
  readonly set: CandidateSet<Candidate>

  constructor(windowMs = WINDOW_MS) {
    this.slowStart = new SlowStart({ windowMs, clock: this.clock })
    this.set = new CandidateSet(instance => new Candidate(instance, leastRequests), this.slowStart)
  }

  /** Instances that started so many milliseconds before now (after, when negative: their clock is ahead), with their weights. */
  see(members: readonly { ageMs: number; weight?: number }[]): void {
    const now = this.clock.wallTime()
    this.set.update(
      members.map(({ ageMs, weight = 1 }, number) => instanceOf(`${number}`, { startedAt: now - ageMs, weight })),
    )
  }

  /** Lets `ms` pass. */
  async wait(ms: number): Promise<number[]> {
    await this.clock.advance(ms)
    this.set.sort()
    return this.shares
  }

  get shares(): number[] {
    return Array.from(this.set.all, candidate => this.slowStart.shareOf(candidate))
  }

  get weights(): number[] {
    return Array.from(this.set.all, candidate => candidate.weight)
  }
}

function sharesOf(...agesMs: number[]): number[] {
  const watched = new Watched()
  watched.see(agesMs.map(ageMs => ({ ageMs })))
  return watched.shares
}

describe('SlowStart', () => {
  it('gives an instance that has just started a tenth of its share, and a tenth more with every tenth of the time', async () => {
    const watched = new Watched()
    watched.see([{ ageMs: 0 }, { ageMs: 60_000 }, { ageMs: 60_000 }])
    const shares = [watched.shares[0]]
    for (let second = 1; second <= 10; second++) shares.push((await watched.wait(1_000))[0])
    assert.deepEqual(shares, [0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    assert.deepEqual([watched.set.isWarming, watched.weights], [false, [1, 1, 1]])
  })

  it('spares nobody when all started together, within a tenth of the time', async () => {
    const watched = new Watched()
    watched.see([{ ageMs: 0 }, { ageMs: 400 }, { ageMs: 999 }])
    for (let step = 0; step < 110; step++) {
      assert.deepEqual(watched.shares, [1, 1, 1])
      assert.equal(watched.set.isWarming, false)
      await watched.wait(100)
    }
  })

  it('gives one that is alone everything', () => {
    assert.deepEqual(sharesOf(0), [1])
  })

  it('withholds at most a third of the whole, so that few old ones do not bear the work of many new ones', () => {
    assert.deepEqual(sharesOf(60_000, 0), [1, 0.4])
    assert.deepEqual(sharesOf(60_000, 0, 0), [1, 0.5, 0.5])
    assert.deepEqual(sharesOf(60_000, 60_000, 0), [1, 1, 0.1])
  })

  it('looks at how much younger an instance is than the oldest', () => {
    assert.deepEqual(sharesOf(5_000, 2_000, 5_000), [1, 0.7, 1])
  })

  it('spares nobody who does not say when it started', () => {
    const watched = new Watched()
    watched.set.update([instanceOf('0', { startedAt: 0 }), instanceOf('1', { startedAt: 0 })])
    watched.set.update(['0', '1', '2'].map(id => instanceOf(id, { startedAt: 0 })))
    assert.deepEqual(watched.shares, [1, 1, 1])
  })

  it('spares nobody with a time of 0', () => {
    const watched = new Watched(0)
    watched.see([{ ageMs: 0 }, { ageMs: 60_000 }, { ageMs: -5_000 }])
    assert.deepEqual(watched.shares, [1, 1, 1])
  })
})

describe('SlowStart, in a CandidateSet', () => {
  it('spares an instance anew when it is started anew under its id', async () => {
    const watched = new Watched()
    watched.see([{ ageMs: 60_000 }, { ageMs: 60_000 }, { ageMs: 60_000 }])
    const [, ...others] = [...watched.set.all].map(({ instance }) => instance)
    const restarted = instanceOf('0', { startedAt: watched.clock.wallTime() })
    watched.set.update([restarted, ...others])
    assert.deepEqual(watched.shares, [0.1, 1, 1])
    watched.set.update([instanceOf('0', { ...restarted, status: 'late' }), ...others])
    watched.set.update([restarted, ...others])
    assert.deepEqual(await watched.wait(5_000), [0.5, 1, 1])
  })

  it('compares only those that are picked from together', () => {
    const watched = new Watched()
    const startedAt = watched.clock.wallTime()
    watched.set.update([
      instanceOf('new', { startedAt }),
      instanceOf('old', { startedAt: startedAt - 60_000, status: 'late' }),
    ])
    assert.deepEqual(watched.shares, [1, 1])
  })

  it('keeps the weights of instances beside it', () => {
    const watched = new Watched()
    watched.see([
      { ageMs: 0, weight: 4 },
      { ageMs: 60_000, weight: 2 },
      { ageMs: 60_000, weight: 8 },
    ])
    assert.deepEqual(watched.weights, [4, 20, 80])
  })

  it('gives an instance of weight 0 nothing, warm or not', () => {
    const watched = new Watched()
    watched.see([{ ageMs: 0, weight: 0 }, { ageMs: 60_000 }, { ageMs: 0 }])
    assert.deepEqual(watched.weights, [0, 10, 4])
    assert.equal(new Set(watched.set.best).size, 2)
  })

  it('forgets those that are gone', () => {
    const watched = new Watched()
    watched.see([{ ageMs: 60_000 }, { ageMs: 60_000 }, { ageMs: 0 }])
    const gone = [...watched.set.all][2] as Candidate
    watched.see([{ ageMs: 60_000 }, { ageMs: 60_000 }])
    assert.deepEqual([watched.slowStart.shareOf(gone), watched.set.isWarming], [1, false])
  })
})

describe('SlowStart, whatever the clocks say', () => {
  it('spares an instance whose clock is ahead for as long as any other, and no longer', async () => {
    const watched = new Watched()
    watched.see([{ ageMs: -3_600_000 }, { ageMs: 60_000 }, { ageMs: 60_000 }])
    assert.deepEqual(watched.shares, [0.1, 1, 1])
    assert.deepEqual(await watched.wait(9_000), [0.9, 1, 1])
    assert.deepEqual(await watched.wait(1_000), [1, 1, 1])
  })

  it('does not spare one whose clock is behind by more than the time it takes to get warm', () => {
    assert.deepEqual(sharesOf(3_600_000, 60_000, 60_000), [1, 1, 1])
  })

  it('goes on as before when its own date is set forward or back meanwhile', async () => {
    for (const jumpMs of [86_400_000, -86_400_000]) {
      const watched = new Watched()
      watched.see([{ ageMs: 0 }, { ageMs: 60_000 }, { ageMs: 60_000 }])
      watched.clock.jumpWallTime(jumpMs)
      assert.deepEqual(await watched.wait(5_000), [0.5, 1, 1])
    }
  })
})

const anyMember = fc.record({
  ageMs: fc.oneof(fc.integer({ min: -20_000, max: 20_000 }), fc.double({ noNaN: true, min: -1e15, max: 1e15 })),
  weight: fc.integer({ min: 1, max: 1_000 }),
})
const anyMembers = fc.array(anyMember, { minLength: 1, maxLength: 20 })
const anyWindowMs = fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.double({ min: 0, noNaN: true }))

describe('SlowStart, of whatever instances', () => {
  it('gives each at least a tenth of its share and no more than all, and the oldest all', () => {
    fc.assert(
      fc.property(anyMembers, anyWindowMs, (members, windowMs) => {
        const { shares, weights } = seen(members, windowMs)
        for (const share of shares) assert.ok(share >= 0.1 && share <= 1, `${share}`)
        for (const weight of weights) assert.ok(Number.isSafeInteger(weight) && weight > 0, `${weight}`)
        const oldest = members.findIndex(({ ageMs }) => ageMs === Math.max(...members.map(other => other.ageMs)))
        assert.equal(shares[oldest], 1)
      }),
    )
  })

  it('gives none more than half as much again as without it', () => {
    fc.assert(
      fc.property(anyMembers, members => {
        const { weights } = seen(members, WINDOW_MS)
        const whole = sum(members.map(({ weight }) => weight))
        for (const [index, weight] of weights.entries()) {
          const part = weight / sum(weights)
          const fairPart = (members[index] as { weight: number }).weight / whole
          assert.ok(part <= 1.5 * fairPart * (1 + 1e-9), `${part} instead of ${fairPart}`)
        }
      }),
    )
  })

  it('never gives a younger one a greater share', () => {
    fc.assert(
      fc.property(anyMembers, members => {
        const { shares } = seen(members, WINDOW_MS)
        const byAge = members.map(({ ageMs }, index) => ({ ageMs, share: shares[index] as number }))
        byAge.sort((one, other) => one.ageMs - other.ageMs)
        for (const [index, { share }] of byAge.entries()) assert.ok(share >= (byAge[index - 1]?.share ?? 0))
      }),
    )
  })

  it('lets the share of one that is new among old ones only grow, until it has all', async () => {
    const steps = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 9 }), growsOnly),
      { numRuns: 30 }, // Each turns a clock.
    )
  })
})

function seen(members: { ageMs: number; weight: number }[], windowMs: number): Watched {
  const watched = new Watched(windowMs)
  const now = watched.clock.wallTime()
  const startedAt = (ageMs: number) => Math.max(0, now - ageMs)
  watched.set.update(members.map((member, n) => instanceOf(`${n}`, { ...member, startedAt: startedAt(member.ageMs) })))
  return watched
}

async function growsOnly(stepsMs: number[], olds: number): Promise<void> {
  const watched = new Watched()
  watched.see([{ ageMs: 0 }, ...Array.from({ length: olds }, () => ({ ageMs: 60_000 }))])
  let before = 0
  for (const stepMs of [...stepsMs, WINDOW_MS]) {
    const [share = 0] = await watched.wait(stepMs)
    assert.ok(share >= before, `${share} after ${before}`)
    before = share
  }
  assert.equal(before, 1)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

const policies: Record<string, (seed: number) => Balancer> = {
  PowerOfTwoChoices: seed => new PowerOfTwoChoices({ random: seededRandom(seed) }),
  RoundRobin: seed => new RoundRobin({ random: seededRandom(seed) }),
  RandomChoice: seed => new RandomChoice({ random: seededRandom(seed) }),
}

describe('SlowStart, when one of several instances is started anew and is cold', () => {
  for (const [name, create] of Object.entries(policies)) {
    for (const instances of [2, 3, 5]) {
      it(`lets ${name} answer as much in less time, with ${instances} of them`, async () => {
        const run = (windowMs: number) => simulateRestart({ balancer: create(instances), instances, windowMs, seed: 7 })
        const [without, slow] = [await run(0), await run(WINDOW_MS)]
        assert.equal(slow.made, without.made)
        assert.ok(slow.answered >= without.answered, `${slow.answered} answered instead of ${without.answered}`)
        assert.ok(slow.p99Ms < 0.75 * without.p99Ms, `p99 of ${slow.p99Ms} ms instead of ${without.p99Ms}`)
        assert.ok((slow.parts[0] as number) < (without.parts[0] as number))
        assert.ok((slow.parts.at(-1) as number) > 0.6 / instances)
      })
    }
  }
})
