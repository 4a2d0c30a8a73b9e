import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createInstance } from '../../src/discovery/create-instance.ts'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { recordingRegistry } from '../../src/testing/recording-registry.ts'
import { WatchOracle } from '../../src/testing/watch-oracle.ts'

const instance = createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://10.0.0.1:80'], startedAt: 0 })

function recording() {
  const clock = new FakeClock()
  const oracle = new WatchOracle()
  const store = new Store({ clock })
  return { clock, oracle, store, registry: recordingRegistry(new MemoryRegistry({ store }), oracle) }
}

describe('recordingRegistry', () => {
  it('tells the oracle of everything that is written and seen', async () => {
    const { oracle, registry } = recording()
    const watch = registry.watch('users')[Symbol.asyncIterator]()
    await watch.next()
    const lease = await registry.register(instance)
    assert.equal(oracle.isQuiet, false)
    await watch.next()
    assert.equal(oracle.isQuiet, true)
    await lease.update({ weight: 2 })
    await lease.renew()
    await watch.next()
    const drained = lease.drain()
    await watch.next()
    void watch.next()
    assert.equal((await drained).acknowledged, true)
    await lease.revoke()
    await new Promise(setImmediate)
    oracle.verify()
    await registry.close()
  })

  it('tells of a lapse, and not of revoking what has lapsed', async () => {
    const { clock, oracle, registry } = recording()
    const lease = await registry.register(instance, { ttlMs: 1000 })
    await clock.advance(4000)
    assert.equal(lease.lost.aborted, true)
    const next = await registry.register(instance)
    await lease.revoke()
    const watch = registry.watch('users')[Symbol.asyncIterator]()
    await watch.next()
    oracle.verify()
    await watch.return?.()
    await next.revoke()
    await registry.close()
  })

  it('does not ask a watch for more than its reader has', async () => {
    const { clock, oracle, registry } = recording()
    const lease = await registry.register(instance)
    const watch = registry.watch('users')[Symbol.asyncIterator]()
    await watch.next()
    const drained = lease.drain({ drainMs: 100 })
    await clock.advance(100)
    assert.equal((await drained).acknowledged, false)
    await watch.return?.()
    oracle.verify()
    await registry.close()
  })
})
