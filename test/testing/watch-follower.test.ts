import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RegistryClosedError } from '../../src/discovery/errors.ts'
import { createInstance } from '../../src/discovery/create-instance.ts'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { WatchFollower } from '../../src/testing/watch-follower.ts'

const instance = createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://10.0.0.1:80'] })

function following() {
  const clock = new FakeClock()
  const registry = new MemoryRegistry({ clock })
  return { clock, registry, follower: new WatchFollower(registry, 'users') }
}

describe('WatchFollower', () => {
  it('keeps what a watch yields, and shows the newest in short', async () => {
    const { clock, registry, follower } = following()
    assert.deepEqual([follower.set, follower.ids], [undefined, undefined])
    await clock.settle()
    const lease = await registry.register(instance)
    await clock.settle()
    void lease.drain()
    await clock.settle()
    assert.deepEqual([follower.sets.length, follower.ids], [3, ['a:draining']])
    await registry.close()
    await clock.settle()
    assert.ok(follower.error instanceof RegistryClosedError)
  })

  it('reads no further while it is held', async () => {
    const { clock, registry, follower } = following()
    const release = follower.hold()
    await clock.settle()
    await registry.register(instance)
    await clock.settle()
    assert.equal(follower.sets.length, 1)
    release()
    await clock.settle()
    assert.equal(follower.sets.length, 2)
    follower.stop()
    await clock.settle()
    assert.match(String(follower.error), /AbortError/)
  })
})
