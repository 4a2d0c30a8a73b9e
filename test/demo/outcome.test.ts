import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DemoMessage } from '../../demo/message.ts'
import { outcomeOf } from '../../demo/outcome.ts'
import { percentile } from '../../demo/tally.ts'

function told(startedAt: number, messages: DemoMessage[]) {
  return {
    startedAt,
    told: <Type extends DemoMessage['type']>(type: Type) =>
      messages.filter((message): message is Extract<DemoMessage, { type: Type }> => message.type === type),
  }
}

/** A process with a resolver that has "a" until then. */
const resolver = (letsGoAt: number) =>
  told(0, [
    { type: 'pickable', ids: ['a', 'b'], at: 10 },
    { type: 'pickable', ids: ['b'], at: letsGoAt },
  ])

const load = told(0, [{ type: 'result', requests: 3, failed: 1, failures: { cut: 1 }, latencies: [1, 2, 30] }])

describe('outcomeOf', () => {
  it('counts failures and requests after a drain over all processes', () => {
    const processes = [
      told(100, [
        { type: 'first-request', at: 350 },
        { type: 'drained', tookMs: 4, acknowledged: false, watchers: 2 },
        { type: 'stopped', requestsAfterDrain: 2 },
      ]),
      told(100, [{ type: 'stopped', requestsAfterDrain: 1 }]),
    ]
    const outcome = outcomeOf(processes, load, [])
    assert.equal(outcome.failed, 1)
    assert.equal(outcome.requestsAfterDrain, 3)
    assert.equal(outcome.drainsUnacknowledged, 1)
    assert.equal(outcome.startToFirstRequestMs, 250)
    assert.equal(outcome.crashToUnpickedMs, null)
  })

  it('takes the slowest resolver for the time until a crashed instance is picked no more', () => {
    const outcome = outcomeOf([resolver(105), resolver(130)], load, [{ id: 'a', at: 100 }])
    assert.equal(outcome.crashToUnpickedMs, 30)
  })

  it('has no outcome without a word of the load generator', () => {
    assert.throws(() => outcomeOf([], told(0, []), []), /without a result/)
  })
})

describe('percentile', () => {
  it('is the value below which that share lies', () => {
    assert.equal(percentile([5, 1, 3], 0.5), 3)
    assert.equal(percentile([1, 2, 3, 4], 0.99), 4)
    assert.equal(percentile([], 0.5), 0)
  })
})
