import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Application } from '../../src/application/application.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { Probe, waitForAbort } from './probe.ts'

describe('Application', () => {
  it('gives its clock and deadline to all below it', async () => {
    const clock = new FakeClock()
    const web = new Probe('web', [], { stop: context => waitForAbort(context).catch(() => {}) })
    await using application = new Application('shop', [web], { clock, deadlineMs: 50 })
    await application.start()
    const stopped = application.stop()
    await clock.advance(50)
    await stopped
    assert.deepEqual([application.status, application.exitStatus], ['stopped', 0])
  })

  it('says what it failed with, and what a process should end with', async () => {
    const taken = Object.assign(new Error('taken'), { code: 'EADDRINUSE' })
    const web = new Probe('web', [], { bind: () => Promise.reject(taken) })
    const application = new Application('shop', [web])
    await assert.rejects(application.start(), error => error === application.error)
    assert.equal(application.exitStatus, 69)
    web.hooks = {}
    await application.start()
    assert.deepEqual([application.error, application.exitStatus], [undefined, 0])
    await application.stop()
  })
})
