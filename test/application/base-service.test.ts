import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ServiceHungError, StartFailedError, StopFailedError } from '../../src/application/errors.ts'
import type { PhaseContext } from '../../src/application/phase.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { hang, type Journal, Probe, waitForAbort } from './probe.ts'

describe('BaseService', () => {
  it('goes through bind, start and register on the way up, and through drain and stop on the way down', async () => {
    const journal: Journal = []
    const service = new Probe('web', journal)
    assert.equal(service.status, 'idle')
    await service.start()
    assert.equal(service.status, 'ready')
    await service.stop()
    assert.equal(service.status, 'stopped')
    assert.deepEqual(journal, ['bind web', 'start web', 'register web', 'drain web', 'stop web'])
  })

  it('refuses a name that cannot be a part of a path', () => {
    for (const name of ['', 'a/b', undefined as unknown as string]) {
      assert.throws(() => new Probe(name), { code: 'ERR_INVALID_NAME' })
    }
  })

  it('joins a start to the start under way, and does nothing when it is up', async () => {
    const journal: Journal = []
    const service = new Probe('web', journal)
    await Promise.all([service.start(), service.start()])
    await service.start()
    assert.deepEqual(journal, ['bind web', 'start web', 'register web'])
  })

  it('does nothing when it is stopped without having been started', async () => {
    const journal: Journal = []
    const service = new Probe('web', journal)
    await service.stop()
    assert.deepEqual([service.status, journal], ['idle', []])
  })

  it('queues a call that contradicts the one under way, and starts again after a stop', async () => {
    const journal: Journal = []
    const service = new Probe('web', journal)
    await Promise.all([service.start(), service.stop(), service.start()])
    assert.equal(service.status, 'ready')
    assert.deepEqual(journal, [
      'bind web',
      'start web',
      'register web',
      'drain web',
      'stop web',
      'bind web',
      'start web',
      'register web',
    ])
  })

  it('undoes a start that fails, and rejects with the path and the cause', async () => {
    const journal: Journal = []
    const cause = new Error('no database')
    const service = new Probe('web', journal, { start: () => Promise.reject(cause) })
    await assert.rejects(service.start(), error => {
      assert.ok(error instanceof StartFailedError)
      assert.deepEqual([error.path, error.cause, error.rollback], ['/web', cause, []])
      return true
    })
    assert.equal(service.status, 'failed')
    assert.deepEqual(journal, ['bind web', 'start web', 'stop web'])
  })

  it('starts after a start that failed', async () => {
    const service = new Probe('web', [], { start: () => Promise.reject(new Error('not yet')) })
    await assert.rejects(service.start())
    service.hooks = {}
    await service.start()
    assert.equal(service.status, 'ready')
  })

  it('tells what could not be undone', async () => {
    const stuck = new Error('still open')
    const hooks = { start: () => Promise.reject(new Error('no')), stop: () => Promise.reject(stuck) }
    await assert.rejects(new Probe('web', [], hooks).start(), error => {
      assert.ok(error instanceof StartFailedError)
      assert.deepEqual(error.rollback, [{ path: '/web', error: stuck }])
      return true
    })
  })

  it('gives a start up when its signal aborts, undoes it, and rejects with the reason', async () => {
    const journal: Journal = []
    const service = new Probe('web', journal, { start: waitForAbort })
    const giveUp = new AbortController()
    const started = service.start({ signal: giveUp.signal })
    await new Promise(resolve => setImmediate(resolve))
    const reason = new Error('changed my mind')
    giveUp.abort(reason)
    await assert.rejects(started, reason)
    assert.equal(service.status, 'stopped')
    assert.deepEqual(journal, ['bind web', 'start web', 'stop web'])
  })

  it('does not begin to start with a signal that has aborted', async () => {
    const journal: Journal = []
    await assert.rejects(new Probe('web', journal).start({ signal: AbortSignal.abort(new Error('late')) }), {
      message: 'late',
    })
    assert.deepEqual(journal, [])
  })

  it('goes on with a start that one of two callers has given up', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const service = new Probe('web', [], { start: () => promise })
    const giveUp = new AbortController()
    const impatient = service.start({ signal: giveUp.signal })
    const patient = service.start()
    giveUp.abort(new Error('enough'))
    await assert.rejects(impatient, { message: 'enough' })
    resolve()
    await patient
    assert.equal(service.status, 'ready')
  })

  it('starts anew when asked to while a start that was given up is being undone', async () => {
    const undone = Promise.withResolvers<void>()
    const service = new Probe('web', [], { start: waitForAbort, stop: () => undone.promise })
    const giveUp = new AbortController()
    const first = assert.rejects(service.start({ signal: giveUp.signal }), { message: 'enough' })
    await new Promise(resolve => setImmediate(resolve))
    giveUp.abort(new Error('enough'))
    await new Promise(resolve => setImmediate(resolve))
    service.hooks = {}
    const second = service.start()
    undone.resolve()
    await Promise.all([first, second])
    assert.equal(service.status, 'ready')
  })

  it('aborts the signal of a hook that is still at work at the deadline', async () => {
    const clock = new FakeClock()
    const service = new Probe('web', [], { clock, stop: context => waitForAbort(context).catch(() => {}) })
    await service.start()
    const stopped = service.stop({ deadlineMs: 500 })
    await clock.advance(499)
    assert.equal(service.status, 'stopping')
    await clock.advance(1)
    await stopped
    assert.equal(service.status, 'stopped')
    assert.equal(clock.pending, 0)
  })

  it('may drain for half of the deadline only, so that work in flight has the rest', async () => {
    const clock = new FakeClock()
    const aborts: [string, number][] = []
    const untilTime = (phase: string) => (context: PhaseContext) =>
      waitForAbort(context).catch(() => void aborts.push([phase, clock.now() - from]))
    const service = new Probe('web', [], { clock, drain: untilTime('drain'), stop: untilTime('stop') })
    await service.start()
    const from = clock.now()
    const stopped = service.stop({ deadlineMs: 500 })
    await clock.advance(250)
    await clock.advance(250)
    await stopped
    assert.deepEqual(aborts, [
      ['drain', 250],
      ['stop', 500],
    ])
    assert.equal(clock.pending, 0)
  })

  it('takes the earliest of several deadlines', async () => {
    const clock = new FakeClock()
    const service = new Probe('web', [], { clock, stop: context => waitForAbort(context).catch(() => {}) })
    await service.start()
    const stops = Promise.all([service.stop({ deadlineMs: 5_000 }), service.stop({ deadlineMs: 10 })])
    await clock.advance(10)
    await stops
    assert.equal(clock.pending, 0)
  })

  it('abandons a hook that hangs beyond the deadline, still runs the next, and is named', async () => {
    const clock = new FakeClock()
    const journal: Journal = []
    const service = new Probe('web', journal, { clock, drain: hang })
    await service.start()
    const stopped = service.stop({ deadlineMs: 500 })
    const rejection = assert.rejects(stopped, error => {
      assert.ok(error instanceof StopFailedError)
      assert.deepEqual(
        error.failures.map(({ path }) => path),
        ['/web'],
      )
      assert.ok(error.errors[0] instanceof ServiceHungError)
      return true
    })
    await clock.advance(1_500)
    await rejection
    assert.deepEqual([service.status, journal.at(-1)], ['failed', 'stop web'])
  })

  it('does not start while an abandoned hook still runs, and starts when it has settled', async () => {
    const clock = new FakeClock()
    const { promise, resolve } = Promise.withResolvers<void>()
    const service = new Probe('web', [], { clock, stop: () => promise })
    await service.start()
    const stopped = assert.rejects(service.stop({ deadlineMs: 0 }))
    await clock.advance(1_000)
    await stopped
    await assert.rejects(service.start(), { code: 'ERR_START_FAILED', message: /hangs in its stop phase/ })
    service.hooks = {}
    resolve()
    await clock.settle()
    await service.start()
    assert.equal(service.status, 'ready')
  })

  it('gives up, at the deadline of a stop, the start that the stop waits for', async () => {
    const clock = new FakeClock()
    const service = new Probe('web', [], { clock, start: waitForAbort })
    const started = assert.rejects(service.start(), { name: 'TimeoutError' })
    const stopped = service.stop({ deadlineMs: 100 })
    await clock.advance(100)
    await Promise.all([started, stopped])
    assert.equal(service.status, 'stopped')
  })

  it('fails its start when it says so on the way up', async () => {
    const service: Probe = new Probe('web', [], { start: () => service.fail(new Error('lost')) })
    await assert.rejects(service.start(), { code: 'ERR_START_FAILED', message: /lost/ })
    assert.equal(service.status, 'failed')
  })

  it('is stopped and stays failed when it fails with nobody to start it again', async () => {
    const journal: Journal = []
    const service = new Probe('web', journal)
    await service.start()
    service.fail(new Error('lost'))
    await service.stop()
    assert.equal(service.status, 'failed')
    assert.deepEqual(journal.slice(3), ['drain web', 'stop web'])
    service.fail(new Error('again'))
    assert.equal(service.status, 'failed')
  })

  it('is degraded from when it says so until it takes that back', async () => {
    const service = new Probe('web')
    service.degrade('too early')
    await service.start()
    assert.equal(service.status, 'ready')
    service.degrade('slow disk')
    assert.equal(service.status, 'degraded')
    service.recover()
    assert.equal(service.status, 'ready')
    await service.stop()
  })

  it('stops at the end of its scope', async () => {
    const service = new Probe('web')
    {
      await using scoped = service
      await scoped.start()
    }
    assert.equal(service.status, 'stopped')
  })
})
