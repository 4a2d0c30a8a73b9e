import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Clock } from '../../src/core/clock.ts'
import { Waiters } from '../../src/client/waiters.ts'
import { FakeClock } from '../../src/testing/index.ts'

describe('Waiters', () => {
  it('hands out those who came first first', () => {
    const waiters = new Waiters<string>(new FakeClock())
    for (const waiter of ['a', 'b', 'c']) waiters.add(waiter, 100, () => undefined)
    assert.deepEqual(waiters.take(2), ['a', 'b'])
    assert.deepEqual(waiters.take(Infinity), ['c'])
    assert.deepEqual(waiters.take(1), [])
  })

  it('lets each wait for its own time, and tells when that is over', async () => {
    const clock = new FakeClock()
    const waiters = new Waiters<string>(clock)
    const over: string[] = []
    waiters.add('long', 200, () => over.push('long'))
    waiters.add('short', 100, () => over.push('short'))
    await clock.advance(100)
    assert.deepEqual(over, ['short'])
    assert.equal(waiters.size, 1)
    await clock.advance(100)
    assert.deepEqual(over, ['short', 'long'])
  })

  it('reads what has come before it gives anybody up, when the process stood still', async () => {
    const fake = new FakeClock()
    let stoodMs = 0
    const clock: Clock = {
      now: () => fake.now() + stoodMs,
      wallTime: () => fake.wallTime() + stoodMs,
      schedule: (delayMs, callback) => fake.schedule(delayMs, callback),
    }
    const waiters = new Waiters<string>(clock)
    const over: string[] = []
    waiters.add('a', 1_000, () => over.push('a'))
    stoodMs = 60_000
    await fake.advance(1_000)
    assert.deepEqual([over, waiters.take(1)], [[], ['a']])
  })

  it('says nothing more of one who was taken or forgotten', async () => {
    const clock = new FakeClock()
    const waiters = new Waiters<string>(clock)
    waiters.add('taken', 100, assert.fail)
    waiters.add('forgotten', 100, assert.fail)
    waiters.take(1)
    waiters.forget('forgotten')
    waiters.forget('forgotten')
    await clock.advance(1_000)
    assert.equal(clock.pending, 0)
  })
})
