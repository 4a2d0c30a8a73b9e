import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Doubt } from '../../../src/adapters/daemon/doubt.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const WELCOME = { graceMs: 3_000, pingMs: 5_000 }

describe('Doubt', () => {
  it('is none at first, and none after a silence within the grace', () => {
    const doubt = new Doubt(new FakeClock())
    assert.equal(doubt.leftMs, 0)
    doubt.opened(WELCOME, 3_000)
    assert.equal(doubt.leftMs, 0)
  })

  it('lasts three pings and the grace after a longer silence', async () => {
    const clock = new FakeClock()
    await clock.advance(1_000)
    const doubt = new Doubt(clock)
    doubt.opened(WELCOME, 3_001)
    assert.equal(doubt.leftMs, 18_000)
    await clock.advance(17_000)
    assert.equal(doubt.leftMs, 1_000)
    await clock.advance(2_000)
    assert.equal(doubt.leftMs, 0)
  })
})
