import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { RecentCount } from '../../../src/discovery/store/recent-count.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const WINDOW_MS = 60_000
const SLOT_MS = 1_000

describe('RecentCount', () => {
  it('counts what happened within the window, and nothing of before', async () => {
    const clock = new FakeClock()
    const recent = new RecentCount(clock, WINDOW_MS)
    for (let i = 0; i < 3; i++) recent.add()
    await clock.advance(WINDOW_MS / 2)
    recent.add()
    assert.equal(recent.count, 4)
    await clock.advance(WINDOW_MS / 2)
    assert.equal(recent.count, 1)
    await clock.advance(10 * WINDOW_MS)
    assert.equal(recent.count, 0)
  })

  it('errs by no more than a sixtieth of the window, whenever things happen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(90_000), { maxLength: 30 }), async pauses => {
        const clock = new FakeClock()
        const recent = new RecentCount(clock, WINDOW_MS)
        const times: number[] = []
        for (const pauseMs of pauses) {
          await clock.advance(pauseMs)
          recent.add()
          times.push(clock.now())
          const within = (ms: number) => times.filter(at => clock.now() - at <= ms).length
          assert.ok(recent.count <= within(WINDOW_MS) && recent.count >= within(WINDOW_MS - SLOT_MS))
        }
      }),
      { numRuns: 30 },
    )
  })
})
