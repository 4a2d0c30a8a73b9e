import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { seededRandom } from '../../src/core/random.ts'
import { functionCheck } from '../../src/discovery/health-checks/function-check.ts'
import { HealthMonitor, type HealthMonitorOptions } from '../../src/discovery/health-monitor.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

function monitored(t: TestContext, options: Partial<HealthMonitorOptions> = {}) {
  const clock = new FakeClock()
  const state = { well: true, runs: 0, changes: 0 }
  const check = functionCheck('disk', () => {
    state.runs++
    if (!state.well) throw new Error('disk full')
  })
  const monitor = new HealthMonitor({
    checks: [check],
    intervalMs: 1000,
    clock,
    random: seededRandom(1),
    onChange: () => state.changes++,
    ...options,
  })
  t.after(() => monitor.stop())
  return { clock, state, monitor }
}

describe('HealthMonitor', () => {
  it('is healthy without checks, started or not', t => {
    assert.equal(monitored(t, { checks: [] }).monitor.healthy, true)
  })

  it('is not healthy before every check has passed', async t => {
    const { clock, state, monitor } = monitored(t)
    assert.equal(monitor.healthy, false)
    monitor.start()
    await clock.settle()
    assert.deepEqual([monitor.healthy, state.runs, state.changes], [true, 1, 1])
  })

  it('checks at its interval, a tenth earlier or later by chance', async t => {
    const { clock, state, monitor } = monitored(t)
    monitor.start()
    await clock.advance(90_000)
    assert.ok(state.runs >= 82 && state.runs <= 100, `${state.runs} runs`)
    assert.notEqual(clock.nextDelayMs, 1000)
  })

  it('falls after so many failures in a row, and rises after so many passes', async t => {
    const { clock, state, monitor } = monitored(t, { rise: 2, fall: 3 })
    monitor.start()
    const healthyAfter = async (well: boolean[]) => {
      for (const next of well) {
        state.well = next
        const { runs } = state
        while (state.runs === runs) await clock.advance(clock.nextDelayMs!)
      }
      return monitor.healthy
    }
    await clock.settle()
    assert.equal(monitor.healthy, false)
    assert.equal(await healthyAfter([true]), true)
    assert.equal(await healthyAfter([false, false, true, false, false]), true)
    assert.equal(await healthyAfter([false]), false)
    assert.equal(await healthyAfter([true, false, true]), false)
    assert.equal(await healthyAfter([true]), true)
  })

  it('says how each check stands, and what is amiss', async t => {
    const { clock, state, monitor } = monitored(t)
    monitor.start()
    await clock.settle()
    assert.deepEqual(monitor.reports, [{ name: 'disk', healthy: true, error: undefined }])
    state.well = false
    await clock.advance(1200)
    assert.deepEqual(monitor.reports, [{ name: 'disk', healthy: true, error: new Error('disk full') }])
    await clock.advance(3000)
    assert.equal(monitor.healthy, false)
  })

  it('counts a check that takes too long as failed, whether or not it heeds its signal', async t => {
    const hanging = functionCheck('hanging', () => new Promise(() => {}))
    const { clock, monitor } = monitored(t, { checks: [hanging], timeoutMs: 100 })
    monitor.start()
    await clock.advance(100)
    assert.match(String(monitor.reports[0]?.error), /TimeoutError/)
    await monitor.stop()
    assert.equal(clock.pending, 0)
  })

  it('counts a check that fails without saying why as failed', async t => {
    const silent = { name: 'silent', check: () => Promise.reject(undefined) }
    const { clock, monitor } = monitored(t, { checks: [silent] })
    monitor.start()
    await clock.settle()
    assert.equal(monitor.healthy, false)
  })

  it('holds one back that comes and goes too often', async t => {
    const { clock, state, monitor } = monitored(t, { rise: 1, fall: 1 })
    monitor.start()
    for (let run = 0; run < 12; run++) {
      state.well = run % 2 === 0
      await clock.advance(1100)
    }
    state.well = true
    await clock.advance(10_000)
    assert.equal(monitor.healthy, false)
    await clock.advance(120_000)
    assert.equal(monitor.healthy, true)
  })

  it('stops what it is doing, leaves no timer, and can be started again', async t => {
    const { clock, state, monitor } = monitored(t)
    monitor.start()
    monitor.start()
    await clock.advance(1200)
    await monitor.stop()
    const { runs } = state
    await clock.advance(10_000)
    assert.deepEqual([state.runs, clock.pending, monitor.healthy], [runs, 0, true])
    monitor.start()
    await clock.settle()
    assert.equal(state.runs, runs + 1)
  })
})
