import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { RetryBudget } from '../../src/client/retry-budget.ts'
import { FakeClock } from '../../src/testing/index.ts'

/** How many retries it grants in a row. */
function drain(budget: RetryBudget): number {
  let granted = 0
  while (budget.withdraw('needed')) granted++
  return granted
}

describe('RetryBudget', () => {
  it('grants ten per second over its window to a caller that made no request yet', () => {
    assert.equal(drain(new RetryBudget({ clock: new FakeClock() })), 100)
  })

  it('grants a fifth of the requests beside that', () => {
    const budget = new RetryBudget({ clock: new FakeClock() })
    for (let made = 0; made < 500; made++) budget.deposit()
    assert.equal(drain(budget), 200)
  })

  it('forgets requests and retries when they have left the window', async () => {
    const clock = new FakeClock()
    const budget = new RetryBudget({ ratio: 1, perSecond: 0, clock })
    for (let made = 0; made < 30; made++) budget.deposit()
    await clock.advance(5_000)
    assert.equal(drain(budget), 30)
    await clock.advance(5_000)
    assert.equal(budget.balance, -30)
    await clock.advance(5_000)
    assert.equal(budget.balance, 0)
  })

  it('keeps half for retries that are needed from those that are only wished for', () => {
    const budget = new RetryBudget({ clock: new FakeClock() })
    let wished = 0
    while (budget.withdraw('wished')) wished++
    assert.deepEqual([wished, drain(budget)], [50, 50])
  })

  it('grants nothing when it is set to nothing', () => {
    const budget = new RetryBudget({ ratio: 0, perSecond: 0, clock: new FakeClock() })
    budget.deposit()
    assert.equal(budget.withdraw('needed'), false)
  })

  it('never grants more in a window than its share of the requests plus its reserve', async () => {
    const step = fc.record({ requests: fc.nat(50), tries: fc.nat(80), waitMs: fc.nat(4_000) })
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), keepsWithinBudget), { numRuns: 40 })
  })
})

interface Step {
  requests: number
  tries: number
  waitMs: number
}

/** A request counts for a whole window at most, so a look back over one window and one step must contain all that paid for retries. */
async function keepsWithinBudget(steps: Step[]): Promise<void> {
  const clock = new FakeClock()
  const budget = new RetryBudget({ ratio: 0.2, perSecond: 1, windowMs: 10_000, clock })
  const requests: number[] = []
  const retries: number[] = []
  for (const { requests: made, tries, waitMs } of steps) {
    for (let one = 0; one < made; one++) {
      budget.deposit()
      requests.push(clock.now())
    }
    for (let one = 0; one < tries; one++) if (budget.withdraw('needed')) retries.push(clock.now())
    const recent = (times: number[], spanMs: number) => times.filter(time => time > clock.now() - spanMs).length
    assert.ok(recent(retries, 9_000) <= 0.2 * recent(requests, 20_000) + 10)
    await clock.advance(waitMs)
  }
}
