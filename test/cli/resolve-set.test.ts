import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolveSet } from '../../src/cli/resolve-set.ts'
import { FakeClock, seededRandom } from '../../src/testing/index.ts'
import { instanceOf } from '../balancer/candidates.ts'

const PICKS = 7_000

/** How often each of the instances is picked, of 7,000 times. */
function picksOf(...ages: readonly { ageMs: number; weight?: number }[]): Record<string, number> {
  const clock = new FakeClock()
  const random = seededRandom(1)
  const instances = ages.map(({ ageMs, weight = 1 }, number) =>
    instanceOf(`${number}`, { startedAt: clock.wallTime() - ageMs, weight }),
  )
  const counts = Object.fromEntries(instances.map(({ id }) => [id, 0]))
  for (let pick = 0; pick < PICKS; pick++) {
    const resolved = resolveSet({ instances }, { one: true, clock, random })
    assert.equal(resolved.length, 1)
    for (const { id } of resolved) counts[id] = (counts[id] ?? 0) + 1
  }
  return counts
}

function assertNear(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < PICKS / 50, `${actual} is not about ${expected}`)
}

describe('resolveSet', () => {
  it('picks one of the instances by weight', () => {
    const picks = picksOf({ ageMs: 3_600_000, weight: 1 }, { ageMs: 3_600_000, weight: 6 })
    assertNear(picks['0'], 1_000)
  })

  it('picks one that has just started less often than one that has run for longer', () => {
    const picks = picksOf({ ageMs: 3_600_000 }, { ageMs: 0 })
    assertNear(picks['1'], 2_000)
  })

  it('picks from all alike that started together', () => {
    const picks = picksOf({ ageMs: 0 }, { ageMs: 0 })
    assertNear(picks['0'], PICKS / 2)
  })

  it('shows each instance once that takes work, however new it is', () => {
    const instances = [instanceOf('u1', { weight: 3 }), instanceOf('u2', { startedAt: Date.parse('2100-01-01') })]
    const draining = { ...instanceOf('u3'), status: 'draining' as const }
    const resolved = resolveSet({ instances: [...instances, draining] }, { one: false })
    assert.deepEqual(
      resolved.map(({ id }) => id),
      ['u1', 'u2'],
    )
  })

  it('resolves to nothing where no instance takes work', () => {
    for (const one of [true, false]) assert.deepEqual(resolveSet({ instances: [] }, { one }), [])
  })
})
