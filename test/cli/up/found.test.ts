import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ProcessEndedError } from '../../../src/cli/errors.ts'
import { Found } from '../../../src/cli/up/found.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { poll } from '../poll.ts'

const instance = (id: string) => createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:1'] })

describe('Found', () => {
  it('is passed when so many instances are there, and stays so', async t => {
    const registry = new MemoryRegistry()
    t.after(() => registry.close())
    const found = new Found('found', { registry, serviceName: 'users', instances: 2, limitMs: 60_000, processes: [] })
    const started = found.start()
    await registry.register(instance('a'))
    await poll(() => found.status === 'starting')
    const lease = await registry.register(instance('b'))
    await started
    await lease.revoke()
    assert.equal(found.status, 'ready')
    await found.stop()
  })

  it('does not count instances that drain', async t => {
    const registry = new MemoryRegistry()
    t.after(() => registry.close())
    const lease = await registry.register(instance('a'))
    await lease.drain({ drainMs: 1 })
    const controller = new AbortController()
    const found = new Found('found', { registry, serviceName: 'users', instances: 1, limitMs: 60_000, processes: [] })
    const started = found.start({ signal: controller.signal })
    await poll(() => found.status === 'starting')
    controller.abort(new Error('enough'))
    await assert.rejects(started, /enough/)
  })

  it('rejects when they are not there in time, and says what was missing', async t => {
    const registry = new MemoryRegistry()
    t.after(() => registry.close())
    const clock = new FakeClock()
    const found = new Found('found', {
      registry,
      serviceName: 'users',
      instances: 2,
      limitMs: 500,
      processes: [],
      clock,
    })
    const started = found.start()
    const rejected = assert.rejects(started, /registration of 2 instances of "users" did not happen within 500 ms/)
    await clock.advance(500)
    await rejected
  })

  it('rejects as soon as a process that was to register one has ended', async t => {
    const registry = new MemoryRegistry()
    t.after(() => registry.close())
    const processes = [
      { ended: () => new Promise<undefined>(() => {}) },
      { ended: async () => new ProcessEndedError('users', 'ended with status 1') },
    ]
    const found = new Found('found', { registry, serviceName: 'users', instances: 2, limitMs: 60_000, processes })
    await assert.rejects(found.start(), /ended with status 1/)
  })
})
