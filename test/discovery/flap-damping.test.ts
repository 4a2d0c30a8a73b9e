import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FlapDamping } from '../../src/discovery/flap-damping.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

describe('FlapDamping', () => {
  it('lets three falls in quick succession pass, and suppresses from the fourth', () => {
    const damping = new FlapDamping(new FakeClock())
    const suppressed = Array.from({ length: 4 }, () => {
      damping.fell()
      return damping.suppressed
    })
    assert.deepEqual(suppressed, [false, false, false, true])
  })

  it('suppresses until the penalty has decayed under 1.5', async () => {
    const clock = new FakeClock()
    const damping = new FlapDamping(clock)
    for (let fall = 0; fall < 4; fall++) damping.fell()
    const underMs = 60_000 * Math.log2(4 / 1.5)
    assert.equal(damping.suppressed, true)
    await clock.advance(underMs - 100)
    assert.equal(damping.suppressed, true)
    await clock.advance(200)
    assert.equal(damping.suppressed, false)
  })

  it('never minds falls that are far apart', async () => {
    const clock = new FakeClock()
    const damping = new FlapDamping(clock)
    for (let fall = 0; fall < 50; fall++) {
      damping.fell()
      assert.equal(damping.suppressed, false)
      await clock.advance(60_000)
    }
  })
})
