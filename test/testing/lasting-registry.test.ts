import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { lastingRegistry } from '../../src/testing/lasting-registry.ts'
import { users } from '../discovery/store/instances.ts'

describe('lastingRegistry', () => {
  it('registers for ten minutes what has no TTL of its own', async () => {
    const clock = new FakeClock()
    const registry = lastingRegistry(new MemoryRegistry({ store: new Store({ clock }) }))
    const leases = [await registry.register(users('a')), await registry.register(users('b'), { ttlMs: 2_000 })]
    assert.deepEqual(
      leases.map(({ ttlMs }) => ttlMs),
      [600_000, 2_000],
    )
    await registry.close()
  })
})
