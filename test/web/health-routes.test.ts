import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import type { ServiceStatus } from '../../src/application/service.ts'
import { type HealthOptions, healthRoutes } from '../../src/web/health-routes.ts'
import { serveNode } from './serve.ts'
import type { TestContext } from 'node:test'

async function ask(t: TestContext, [status, path]: [status: ServiceStatus, path: string], options?: HealthOptions) {
  const answers = healthRoutes({ clock: new FakeClock(), statusNow: () => status }, options)
  const url = await serveNode(t, (request, response) => answers(request, response) || response.end('application'))
  const response = await fetch(url + path)
  return [response.status, await response.text()]
}

describe('healthRoutes', () => {
  it('say that it lives, whatever its status', async t => {
    for (const status of ['ready', 'draining', 'failed'] as const) {
      assert.deepEqual(await ask(t, [status, '/healthz']), [200, `{"status":"${status}"}`])
    }
  })

  it('say that it is ready while it is', async t => {
    for (const [status, code] of [
      ['ready', 200],
      ['degraded', 200],
      ['starting', 503],
      ['draining', 503],
      ['stopping', 503],
    ] as const) {
      assert.deepEqual(await ask(t, [status, '/readyz?x']), [code, `{"status":"${status}"}`])
    }
  })

  it('are not ready unless all that has to hold does', async t => {
    assert.deepEqual(await ask(t, ['ready', '/readyz'], { ready: () => true }), [200, '{"status":"ready"}'])
    for (const ready of [
      () => false,
      async () => false,
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no')
      },
    ]) {
      assert.deepEqual(await ask(t, ['ready', '/readyz'], { ready }), [503, '{"status":"not ready"}'])
    }
  })

  it('do not wait for an answer longer than they may', async t => {
    const clock = new FakeClock()
    const asked = Promise.withResolvers<AbortSignal>()
    const answers = healthRoutes(
      { clock, statusNow: () => 'ready' },
      { ready: signal => (asked.resolve(signal), new Promise(() => {})), readyTimeoutMs: 50 },
    )
    const answered = fetch(`${await serveNode(t, answers)}/readyz`)
    const signal = await asked.promise
    await clock.advance(50)
    assert.equal((await answered).status, 503)
    assert.equal(signal.aborted, true)
  })

  it('can be elsewhere, and leave everything else alone', async t => {
    const paths = { livePath: '/-/live', readyPath: '/-/ready' }
    assert.deepEqual(await ask(t, ['ready', '/-/live'], paths), [200, '{"status":"ready"}'])
    assert.deepEqual(await ask(t, ['ready', '/-/ready'], paths), [200, '{"status":"ready"}'])
    for (const path of ['/healthz', '/readyz', '/-/live/x', '/-/lives']) {
      assert.deepEqual(await ask(t, ['ready', path], paths), [200, 'application'])
    }
  })
})
