import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../src/core/random.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import { RegistrySync } from '../../../src/discovery/sync/registry-sync.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { engineFixture } from '../engine/engine-fixture.ts'
import { users } from '../store/instances.ts'

describe('ServiceSync', () => {
  for (const which of ['from', 'to'] as const) {
    it(`fails its sync when the registry ${which} which it passes on is closed`, async t => {
      const clock = new FakeClock()
      const registries = { from: new MemoryRegistry({ clock }), to: new MemoryRegistry({ clock }) }
      await registries.from.register(users('a'), { ttlMs: 600_000 })
      const running = new RegistrySync({ ...registries, origin: 'old:', clock, random: seededRandom(1) })
      t.after(() => running.stop().catch(() => {}))
      await running.start()
      await clock.advance(100)
      assert.equal(running.status, 'ready')
      await registries[which].close()
      await clock.advance(100)
      assert.equal(running.status, 'failed')
    })
  }

  it('leaves their places to those that the other registry has lost and is about to have again', async () => {
    const { advance, clock, registry: target, engines, server, open } = engineFixture()
    const old = new MemoryRegistry({ clock })
    const program = open('program').registry
    void program.register(users('a', { weight: 5 }), { ttlMs: 600_000 })
    await advance(100)
    const running = new RegistrySync({ from: old, to: target, origin: 'old:', clock, random: seededRandom(1) })
    const started = running.start()
    await advance(0)
    await started
    await old.register(users('a'), { ttlMs: 600_000 })
    await advance(500)
    const weights = () => server.set('users').instances.map(({ id, weight }) => [id, weight])
    assert.deepEqual(weights(), [['a', 5]])
    server.wipe()
    for (const engine of engines) engine.cut()
    await advance(10_000)
    assert.deepEqual(weights(), [])
    void program.register(users('a', { weight: 5 }), { ttlMs: 600_000 })
    await advance(10_000)
    assert.deepEqual(weights(), [['a', 5]])
    const stopped = running.stop()
    await advance(1_000)
    await stopped
  })
})
