import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../src/core/random.ts'
import { Calls } from '../../../src/discovery/engine/calls.ts'
import { Reachability } from '../../../src/discovery/engine/reachability.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

function calls() {
  const clock = new FakeClock()
  const closing = new AbortController()
  const options = { url: 'fake:', clock, random: seededRandom(1), requestMs: 1_000, closing: closing.signal }
  return { clock, closing, calls: new Calls({ ...options, reachability: new Reachability('fake:', clock) }) }
}

const never = () => new Promise<never>(() => {})

describe('Calls', () => {
  it('end when the registry is closed, however many are under way, and none begins after that', async () => {
    const { closing, calls: made } = calls()
    const reason = new Error('closed')
    const underWay = Array.from({ length: 100 }, () => assert.rejects(made.make(never), reason))
    assert.equal(getEventListeners(closing.signal, 'abort').length, 1)
    closing.abort(reason)
    await Promise.all(underWay)
    await assert.rejects(
      made.make(async () => assert.fail('it was called')),
      reason,
    )
  })

  it('end with the reason of a signal that is given', async () => {
    const { calls: made } = calls()
    const reason = new Error('given up')
    const controller = new AbortController()
    const underWay = assert.rejects(made.make(never, { signals: [controller.signal] }), reason)
    controller.abort(reason)
    await underWay
  })
})
