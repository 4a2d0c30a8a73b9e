import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'

describe('systemClock', () => {
  it('never goes back', () => {
    const readings = Array.from({ length: 1_000 }, () => systemClock.now())
    assert.deepEqual(
      readings,
      readings.toSorted((a, b) => a - b),
    )
  })

  it('shows the time since 1970 on the wall', () => {
    const before = Date.now()
    const shown = systemClock.wallTime()
    assert.ok(shown >= before && shown <= Date.now())
  })

  it('runs a callback once, and never synchronously', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    let isSynchronous = true
    systemClock.schedule(-1, () => resolve(isSynchronous ? 'at once' : 'later'))
    isSynchronous = false
    assert.equal(await promise, 'later')
  })

  it('takes a callback back, also a second time', async () => {
    const calls: string[] = []
    const timer = systemClock.schedule(0, () => calls.push('cancelled'))
    timer.cancel()
    timer.cancel()
    await new Promise<void>(resolve => void systemClock.schedule(1, resolve))
    assert.deepEqual(calls, [])
  })

  it('waits for what lies beyond what Node can count, rather than not at all', async () => {
    const calls: string[] = []
    const timer = systemClock.schedule(Infinity, () => calls.push('early'))
    await new Promise<void>(resolve => void systemClock.schedule(1, resolve))
    timer.cancel()
    assert.deepEqual(calls, [])
  })
})
