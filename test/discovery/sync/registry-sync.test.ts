import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Instance } from '../../../src/discovery/instance.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import type { Registry } from '../../../src/discovery/registry.ts'
import { RegistrySync, type RegistrySyncOptions } from '../../../src/discovery/sync/registry-sync.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { engineFixture } from '../engine/engine-fixture.ts'
import { users } from '../store/instances.ts'

function opened(store: Store): MemoryRegistry {
  return new MemoryRegistry({ store })
}

/** Two registries in memory, as a program of its own sees each, and what a sync has of them. */
function registries() {
  const clock = new FakeClock()
  const [oldStore, newStore] = [new Store({ clock }), new Store({ clock })]
  const sync = (options: Partial<RegistrySyncOptions> = {}) => {
    const made = {
      from: opened(oldStore),
      to: opened(newStore),
      origin: 'old:',
      clock,
      random: seededRandom(1),
      ...options,
    }
    return new RegistrySync(made)
  }
  return {
    clock,
    sync,
    old: opened(oldStore),
    new: opened(newStore),
    openOld: () => opened(oldStore),
    openNew: () => opened(newStore),
  }
}

/** As both have it; the image without its mark. */
function alike(one: Instance | undefined, other: Instance | undefined): void {
  assert.ok(one && other)
  const { 'ropewalk.synced-from': origin, ...metadata } = other.metadata
  assert.deepEqual({ ...other, metadata }, { ...one, metadata: { ...one.metadata } })
  assert.equal(origin, 'old:')
}

function only(registry: Registry, serviceName = 'users') {
  return new WatchFollower(registry, serviceName)
}

describe('RegistrySync', () => {
  it('keeps what is in one registry in the other, with its own id and all that there is to say of it', async () => {
    const { clock, sync, old, new: target } = registries()
    await using running = sync()
    await running.start()
    const follower = only(target)
    const lease = await old.register(
      users('a', { metadata: { owner: 'crew' }, tags: ['blue'], weight: 3, version: '2' }),
    )
    await clock.advance(100)
    alike(lease.instance, follower.set?.instances[0])
    await lease.update({ weight: 4 })
    await clock.advance(100)
    alike(lease.instance, follower.set?.instances[0])
    await lease.revoke()
    await clock.advance(100)
    assert.deepEqual(follower.ids, [])
  })

  it('has everything when it starts late, and only the services it includes', async () => {
    const { clock, sync, old, new: target } = registries()
    await old.register(users('a'), { ttlMs: 60_000 })
    await old.register(users('b', { serviceName: 'orders' }), { ttlMs: 60_000 })
    await using running = sync({ includes: name => name.startsWith('user') })
    await running.start()
    await clock.advance(100)
    const [mine, others] = [only(target), only(target, 'orders')]
    await clock.advance(0)
    assert.deepEqual([mine.ids, others.ids], [['a'], []])
  })

  it('renews the images, and takes an image out when its original lapses', async () => {
    const { clock, sync, old, new: target } = registries()
    await using running = sync({ ttlMs: 3_000 })
    await running.start()
    const lease = await old.register(users('a'), { ttlMs: 10_000 })
    const follower = only(target)
    for (let seconds = 0; seconds < 30; seconds++) {
      await lease.renew()
      await clock.advance(1_000)
    }
    assert.deepEqual(follower.ids, ['a'])
    await clock.advance(40_000)
    assert.deepEqual(follower.ids, [])
  })

  it('does not sync back what came by a sync, whichever way', async () => {
    const { clock, sync, old, new: target, openOld, openNew } = registries()
    await using there = sync()
    await using back = sync({ from: openNew(), to: openOld(), origin: 'new:', name: 'back' })
    await there.start()
    await back.start()
    const lease = await old.register(users('a'), { ttlMs: 600_000 })
    await target.register(users('b', { endpoints: ['tcp://127.0.0.1:2'] }), { ttlMs: 600_000 })
    const followers = [only(old), only(target)]
    await clock.advance(1_000)
    for (const { ids } of followers) assert.deepEqual(ids, ['a', 'b'])
    const counts = followers.map(({ sets }) => sets.length)
    await clock.advance(20_000)
    assert.deepEqual(
      followers.map(({ sets }) => sets.length),
      counts,
    )
    await lease.revoke()
    await clock.advance(100)
    for (const { ids } of followers) assert.deepEqual(ids, ['b'])
  })

  it('drains the image of what drains, and has the original wait for the consumers over there', async () => {
    const { clock, sync, old, new: target } = registries()
    await using running = sync()
    await running.start()
    const lease = await old.register(users('a'), { ttlMs: 60_000 })
    const other = await old.register(users('b'), { ttlMs: 60_000 })
    await clock.advance(100)
    const consumer = only(target)
    await clock.advance(0)
    const release = consumer.hold()
    let drained = false
    const report = lease.drain({ drainMs: 5_000 })
    void report.then(() => (drained = true))
    await clock.advance(500)
    assert.deepEqual([drained, consumer.ids], [false, ['a:draining', 'b']])
    await other.update({ weight: 7 })
    await old.register(users('c'), { ttlMs: 60_000 })
    await clock.advance(100)
    const late = only(target)
    await clock.advance(0)
    assert.deepEqual([late.ids, late.set?.instances[1]?.weight], [['a:draining', 'b', 'c'], 7])
    release()
    await clock.advance(100)
    assert.equal((await report).acknowledged, true)
    await lease.revoke()
    await clock.advance(100)
    assert.deepEqual(late.ids, ['b', 'c'])
  })

  it('has an instance ready again that was registered again after a drain', async () => {
    const { clock, sync, old, new: target } = registries()
    await using running = sync()
    await running.start()
    const lease = await old.register(users('a'), { ttlMs: 60_000 })
    await clock.advance(100)
    const drained = lease.drain()
    const follower = only(target)
    await clock.advance(100)
    await drained
    assert.deepEqual(follower.ids, ['a:draining'])
    await old.register(users('a', { weight: 2 }), { ttlMs: 60_000 })
    await clock.advance(300)
    assert.deepEqual(follower.ids, ['a'])
  })

  it('gives way to the same instance, or to another at the same endpoints, that is over there by itself', async () => {
    const { clock, sync, old, new: target } = registries()
    const there = await target.register(users('a', { weight: 5 }), { ttlMs: 600_000 })
    await using running = sync()
    await running.start()
    await old.register(users('a'), { ttlMs: 600_000 })
    await old.register(users('b', { endpoints: ['tcp://10.0.0.5:1'] }), { ttlMs: 600_000 })
    const follower = only(target)
    await clock.advance(100)
    assert.deepEqual(
      follower.set?.instances.map(({ id, weight }) => [id, weight]),
      [
        ['a', 5],
        ['b', 1],
      ],
    )
    const moved = await target.register(users('moved', { endpoints: ['tcp://10.0.0.5:1'] }), { ttlMs: 600_000 })
    await clock.advance(100)
    assert.deepEqual(follower.ids, ['a', 'moved'])
    await there.revoke()
    await moved.revoke()
    await clock.advance(100)
    assert.deepEqual(
      follower.set?.instances.map(({ id, weight }) => [id, weight]),
      [
        ['a', 1],
        ['b', 1],
      ],
    )
  })

  it('takes over from another sync as soon as that is gone', async () => {
    const { clock, sync, old, new: target, openOld, openNew } = registries()
    await using first = sync()
    await first.start()
    await old.register(users('a'), { ttlMs: 600_000 })
    await clock.advance(100)
    await using second = sync({ from: openOld(), to: openNew(), name: 'second' })
    await second.start()
    await clock.advance(60_000)
    const follower = only(target)
    await clock.advance(0)
    const stopped = first.stop()
    await clock.advance(50)
    await stopped
    assert.deepEqual(follower.ids, ['a'])
  })

  it('keeps the images while the registry they come from is out of reach, for its time, and has them again when it is back', async () => {
    const { advance, clock, registry, engine, open } = engineFixture()
    const target = new MemoryRegistry({ clock })
    const running = new RegistrySync({
      from: registry,
      to: target,
      origin: 'engine:',
      clock,
      keepMs: 30_000,
      random: seededRandom(1),
    })
    const started = running.start()
    await advance(0)
    await started
    const lease = open('program').registry.register(users('a'), { ttlMs: 600_000 })
    await advance(300)
    await lease
    const follower = only(target)
    engine.cut({ down: true })
    await advance(29_000)
    assert.deepEqual(follower.ids, ['a'])
    await advance(2_000)
    assert.deepEqual(follower.ids, [])
    engine.connect()
    await advance(5_000)
    assert.deepEqual(follower.ids, ['a'])
    const stopped = running.stop()
    await advance(1_000)
    await stopped
    assert.deepEqual(follower.ids, [])
  })

  it('takes nothing out because of what a registry that lost its data cannot vouch for', async () => {
    const { advance, clock, registry, engines, server, open } = engineFixture()
    const target = new MemoryRegistry({ clock })
    const running = new RegistrySync({ from: registry, to: target, origin: 'engine:', clock, random: seededRandom(1) })
    const started = running.start()
    await advance(0)
    await started
    const program = open('program').registry
    void program.register(users('a'), { ttlMs: 600_000 })
    await advance(300)
    const follower = only(target)
    server.wipe()
    for (const engine of engines) engine.cut()
    await advance(10_000)
    assert.deepEqual(follower.ids, ['a'])
    void program.register(users('b'), { ttlMs: 600_000 })
    await advance(1_000)
    assert.deepEqual(follower.ids, ['a', 'b'])
    await advance(20_000)
    assert.deepEqual(follower.ids, ['b'])
    const stopped = running.stop()
    await advance(1_000)
    await stopped
  })

  it('registers images again that the other registry has lost', async () => {
    const { advance, clock, registry: target, engines, server, open } = engineFixture()
    const old = new MemoryRegistry({ clock })
    const running = new RegistrySync({ from: old, to: target, origin: 'old:', clock, random: seededRandom(1) })
    const started = running.start()
    await advance(0)
    await started
    await old.register(users('a'), { ttlMs: 600_000 })
    await advance(500)
    const follower = only(open('consumer').registry)
    await advance(100)
    assert.deepEqual(follower.ids, ['a'])
    server.wipe()
    for (const engine of engines) engine.cut()
    await advance(10_000)
    assert.deepEqual(
      server.set('users').instances.map(({ id }) => id),
      ['a'],
    )
    const stopped = running.stop()
    await advance(1_000)
    await stopped
    assert.deepEqual(server.set('users').instances, [])
  })

  it('leaves no timers behind when it stops', async () => {
    const { clock, sync, old } = registries()
    await old.register(users('a'), { ttlMs: 600_000 })
    const { pending } = clock
    const running = sync()
    await running.start()
    await clock.advance(100)
    assert.ok(clock.pending > pending)
    await running.stop()
    await clock.advance(15_000)
    assert.equal(clock.pending, pending)
  })
})
