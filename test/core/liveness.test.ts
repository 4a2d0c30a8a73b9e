import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Clock } from '../../src/core/clock.ts'
import { Liveness } from '../../src/core/liveness.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

function watched({ askedAfter = 2 } = {}) {
  const clock = new FakeClock()
  return { clock, ...watchedBy(clock, askedAfter) }
}

function watchedBy(clock: Clock, askedAfter = 2) {
  const seen = { pings: 0, silent: 0 }
  const liveness = new Liveness({
    clock,
    roundMs: 1_000,
    askedAfter,
    goneAfter: 3,
    ping: () => seen.pings++,
    onSilent: () => seen.silent++,
  })
  return { seen, liveness }
}

describe('Liveness', () => {
  it('gives the other end up after three silent rounds, having asked it once', async () => {
    const { clock, seen } = watched()
    await clock.advance(2_999)
    assert.deepEqual(seen, { pings: 1, silent: 0 })
    await clock.advance(1)
    assert.deepEqual(seen, { pings: 1, silent: 1 })
    assert.equal(clock.pending, 0)
  })

  it('asks in every round where it is told to, and though it hears of the other end all the time', async () => {
    const { clock, seen, liveness } = watched({ askedAfter: 1 })
    for (let round = 0; round < 5; round++) {
      await clock.advance(1_000)
      liveness.heard()
    }
    assert.deepEqual(seen, { pings: 5, silent: 0 })
  })

  it('stays patient with one that gives signs of life', async () => {
    const { clock, seen, liveness } = watched()
    for (let round = 0; round < 20; round++) {
      await clock.advance(900)
      liveness.heard()
    }
    assert.equal(seen.silent, 0)
  })

  it('counts a long pause of its own process as one round', async () => {
    let due: (() => void) | undefined
    const clock = new FakeClock()
    const schedule = (_delayMs: number, callback: () => void) => {
      due = callback
      return { cancel() {} }
    }
    const stopped = { now: () => clock.now(), wallTime: () => clock.wallTime(), schedule }
    const { seen, liveness } = watchedBy(stopped)
    await clock.advance(3_600_000)
    due?.()
    assert.equal(seen.silent, 0)
    liveness.stop()
  })

  it('leaves no timer when stopped', () => {
    const { clock, liveness } = watched()
    liveness.stop()
    assert.equal(clock.pending, 0)
  })
})
