import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Clock } from '../../src/core/clock.ts'
import { InFlight, type Timed } from '../../src/client/in-flight.ts'
import { FakeClock } from '../../src/testing/index.ts'

function member(): Timed & { looks: number[] } {
  const looks: number[] = []
  return { place: -1, looks, checkTime: now => void looks.push(now) }
}

/** How far the process lags behind its timers. */
let stalledMs = 0

/** A clock whose timers come late by `stalledMs`. */
function stallable(clock: FakeClock): Clock {
  return {
    now: () => clock.now() + stalledMs,
    wallTime: () => clock.wallTime(),
    schedule: (delayMs, callback) => clock.schedule(delayMs, callback),
  }
}

describe('InFlight', () => {
  it('looks at the time of all members once per tick, and not at that of former ones', async () => {
    const clock = new FakeClock()
    const inFlight = new InFlight({ clock, tickMs: 100 })
    const [stays, leaves] = [member(), member()]
    inFlight.add(stays)
    inFlight.add(leaves)
    await clock.advance(100)
    inFlight.delete(leaves)
    await clock.advance(200)
    assert.deepEqual(stays.looks, [100, 200, 300])
    assert.deepEqual(leaves.looks, [100])
  })

  it('puts a look that comes late off by one tick, but not the one after it', async () => {
    const clock = new FakeClock()
    const inFlight = new InFlight({ clock: stallable(clock), tickMs: 100 })
    const one = member()
    inFlight.add(one)
    stalledMs = 500
    await clock.advance(100)
    assert.deepEqual(one.looks, [])
    stalledMs = 1_000
    await clock.advance(100)
    assert.deepEqual(one.looks, [1_200])
  })

  it('keeps no timer while it is empty', async () => {
    const clock = new FakeClock()
    const inFlight = new InFlight({ clock, tickMs: 100 })
    assert.equal(clock.pending, 0)
    const one = member()
    inFlight.add(one)
    inFlight.delete(one)
    await clock.advance(100)
    assert.equal(clock.pending, 0)
    inFlight.add(one)
    await clock.advance(100)
    assert.equal(one.looks.length, 1)
  })

  it('tells everybody who asks when it is empty', async () => {
    const inFlight = new InFlight({ clock: new FakeClock(), tickMs: 100 })
    await inFlight.settled()
    const [first, second] = [member(), member()]
    inFlight.add(first)
    inFlight.add(second)
    let settled = 0
    const waits = [inFlight.settled(), inFlight.settled()].map(wait => wait.then(() => settled++))
    inFlight.delete(first)
    await Promise.resolve()
    assert.equal(settled, 0)
    inFlight.delete(second)
    await Promise.all(waits)
    assert.equal(inFlight.size, 0)
  })
})
