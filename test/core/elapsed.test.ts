import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { elapsedMs } from '../../src/core/elapsed.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

describe('elapsedMs', () => {
  it('is in whole milliseconds', async () => {
    const clock = new FakeClock()
    await clock.advance(1_234.567)
    assert.deepEqual([elapsedMs(clock, 0), elapsedMs(clock, 1_000.25)], [1_235, 234])
  })
})
