import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Hooks, HookRunner } from '../../src/application/hook-runner.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

const nothing = () => {}
const signal = new AbortController().signal

function runner(hooks: Partial<Hooks>) {
  const clock = new FakeClock()
  const all = { bind: nothing, start: nothing, register: nothing, drain: nothing, stop: nothing, ...hooks }
  return { clock, runner: new HookRunner(all, { path: '/app/web', clock, turns: [] }) }
}

describe('HookRunner', () => {
  it('settles as the hook does, synchronous or not', async () => {
    const { runner: hooks } = runner({
      bind: () => {
        throw new Error('at once')
      },
      start: () => Promise.reject(new Error('later')),
    })
    await assert.rejects(hooks.run('bind', signal), { message: 'at once' })
    await assert.rejects(hooks.run('start', signal), { message: 'later' })
    await hooks.run('register', signal)
    assert.equal(hooks.running, undefined)
  })

  it('says which hook runs, and for how long', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { runner: hooks, clock } = runner({ start: () => promise })
    const run = hooks.run('start', signal)
    await clock.advance(70)
    assert.deepEqual(hooks.running, { phase: 'start', forMs: 70 })
    resolve()
    await run
    assert.equal(hooks.running, undefined)
  })

  it('abandons a hook a second after its signal aborted, and remembers it until it settles', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { runner: hooks, clock } = runner({ start: () => promise })
    const controller = new AbortController()
    const run = assert.rejects(hooks.run('start', controller.signal), { code: 'ERR_SERVICE_HUNG', path: '/app/web' })
    await clock.advance(60_000)
    controller.abort()
    await clock.advance(999)
    assert.equal(hooks.hung, undefined)
    await clock.advance(1)
    await run
    await hooks.run('stop', controller.signal)
    assert.deepEqual([hooks.hung, hooks.running?.phase], ['start', 'start'])
    resolve()
    await clock.settle()
    assert.deepEqual([hooks.hung, hooks.running, clock.pending], [undefined, undefined, 0])
  })

  it('ignores what an abandoned hook rejects with', async () => {
    const { promise, reject } = Promise.withResolvers<void>()
    const { runner: hooks, clock } = runner({ stop: () => promise })
    const run = assert.rejects(hooks.run('stop', AbortSignal.abort()), { code: 'ERR_SERVICE_HUNG' })
    await clock.advance(1_000)
    await run
    reject(new Error('late'))
    await clock.settle()
    assert.equal(hooks.hung, undefined)
  })
})
