import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Abortable } from '../../../src/core/abort.ts'
import { Latest } from '../../../src/core/latest.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { ServiceNames } from '../../../src/discovery/instance-set.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import { RegistrySync } from '../../../src/discovery/sync/registry-sync.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
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

  it('ends when its name and all its instances are gone, in whichever order, and begins again when they are back', async t => {
    const clock = new FakeClock()
    const [old, target] = [new MemoryRegistry({ clock }), new MemoryRegistry({ clock })]
    const named = new Latest<ServiceNames>()
    let watching = 0
    const from = {
      services: (options: Abortable) => named.read(options),
      async *watch(serviceName: string, options: Abortable) {
        watching++
        try {
          yield* old.watch(serviceName, options)
        } finally {
          watching--
        }
      },
    }
    const tell = async (...names: string[]) => {
      named.set({ revision: 1, names })
      await clock.advance(100)
    }
    const running = new RegistrySync({ from, to: target, origin: 'old:', clock, random: seededRandom(1) })
    t.after(() => running.stop().catch(() => {}))
    await running.start()
    const follower = new WatchFollower(target, 'users')
    for (const isNameFirst of [true, false]) {
      const lease = await old.register(users('a'), { ttlMs: 600_000 })
      await tell('users')
      assert.deepEqual([watching, follower.ids], [2, ['a']])
      if (isNameFirst) {
        await tell()
        assert.deepEqual([watching, follower.ids], [2, ['a']])
      }
      await lease.revoke()
      await clock.advance(100)
      if (!isNameFirst) await tell()
      assert.deepEqual([watching, follower.ids], [0, []])
    }
    const direct = await target.register(users('a'), { ttlMs: 600_000 })
    const lease = await old.register(users('a'), { ttlMs: 600_000 })
    await tell('users')
    await tell()
    assert.equal(watching, 2)
    await lease.revoke()
    await clock.advance(100)
    assert.equal(watching, 0)
    await direct.revoke()
    follower.stop()
  })

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
