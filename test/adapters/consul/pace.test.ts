import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pace } from '../../../src/adapters/consul/pace.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

/** Goes as fast as it is let; counts. */
function runner(pace: Pace) {
  const run = { count: 0 }
  void (async () => {
    for (;;) {
      await pace.next({})
      run.count++
    }
  })()
  return run
}

describe('Pace', () => {
  it('lets through a burst at once, then one for each period', async () => {
    const clock = new FakeClock()
    const run = { count: 0 }
    const pace = new Pace({ clock, burst: 3, everyMs: 100 })
    for (let turn = 0; turn < 3; turn++) {
      await pace.next({})
      run.count++
    }
    const rest = runner(pace)
    await clock.settle()
    assert.deepEqual([run.count, rest.count], [3, 0])
    await clock.advance(1_000)
    assert.equal(rest.count, 10)
  })

  it('has its burst again after a rest', async () => {
    const clock = new FakeClock()
    const pace = new Pace({ clock, burst: 2, everyMs: 100 })
    for (let turn = 0; turn < 2; turn++) await pace.next({})
    await clock.advance(1_000)
    for (let turn = 0; turn < 2; turn++) await pace.next({})
    assert.equal(clock.pending, 0)
  })

  it('takes what costs more for more', async () => {
    const clock = new FakeClock()
    const pace = new Pace({ clock, burst: 10, everyMs: 100 })
    await pace.next({ costMs: 900 })
    await pace.next({})
    const third = pace.next({})
    await clock.settle()
    assert.equal(clock.nextDelayMs, 100)
    await clock.advance(100)
    await third
  })

  it('gives up with the signal', async () => {
    const clock = new FakeClock()
    const pace = new Pace({ clock, burst: 0, everyMs: 100 })
    const reason = new Error('given up')
    const controller = new AbortController()
    const waiting = assert.rejects(pace.next(controller), reason)
    controller.abort(reason)
    await waiting
    assert.equal(clock.pending, 0)
  })
})
