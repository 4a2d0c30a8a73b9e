import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect, stillRunning } from '../../src/application/inspect.ts'
import { MultiService } from '../../src/application/multi-service.ts'
import { sleep } from '../../src/core/abort.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { hang, Probe } from './probe.ts'

describe('inspect', () => {
  it('reports statuses and times as plain data', async () => {
    const clock = new FakeClock({ wallTime: 1_000_000 })
    const web = new Probe('web', [], { start: () => sleep(clock, 30) })
    const root = new MultiService('app', [web], { clock })
    assert.equal(inspect(root).since, null)
    const started = root.start()
    await clock.advance(20)
    assert.deepEqual(inspect(web).running, { phase: 'start', forMs: 20 })
    await clock.advance(10)
    await started
    web.degrade('slow disk')
    const report = JSON.parse(JSON.stringify(inspect(root)))
    assert.deepEqual(report, {
      name: 'app',
      path: '/app',
      status: 'degraded',
      desired: 'started',
      since: 1_000_030,
      tookMs: { bind: 0, start: 30, register: 0 },
      running: null,
      restarts: 0,
      reason: null,
      children: [
        {
          name: 'web',
          path: '/app/web',
          status: 'degraded',
          desired: 'started',
          since: 1_000_030,
          tookMs: { bind: 0, start: 30, register: 0 },
          running: null,
          restarts: 0,
          reason: 'slow disk',
          children: [],
        },
      ],
    })
    await root.stop()
  })
})

describe('stillRunning', () => {
  it('names what is not down, children first, and what its abandoned hooks do', async () => {
    const clock = new FakeClock()
    const root = new MultiService('app', [new Probe('db'), new Probe('web', [], { stop: hang })], { clock })
    assert.deepEqual(stillRunning(root), [])
    await root.start()
    assert.deepEqual(stillRunning(root), ['/app/db', '/app/web', '/app'])
    const stopped = assert.rejects(root.stop({ deadlineMs: 0 }))
    await clock.advance(1_000)
    await stopped
    assert.deepEqual(stillRunning(root), ['/app/web (its stop phase)'])
  })
})
