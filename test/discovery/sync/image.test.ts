import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../../src/core/random.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'
import { Image } from '../../../src/discovery/sync/image.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { users } from '../store/instances.ts'

function image({ after = Promise.resolve() }: { after?: Promise<unknown> } = {}) {
  const clock = new FakeClock()
  const registry = new MemoryRegistry({ clock })
  let held: Promise<void> | undefined
  const to = {
    register: async (...told: Parameters<MemoryRegistry['register']>) => {
      await held
      return registry.register(...told)
    },
  }
  const options = { to, ttlMs: 15_000, drainMs: 1_000, clock, random: seededRandom(1) }
  const made = new Image({ serviceName: 'users', id: 'a' }, options, after)
  return {
    clock,
    image: made,
    follower: new WatchFollower(registry, 'users'),
    hold: (until: Promise<void>) => void (held = until),
  }
}

describe('Image', () => {
  it('registers nothing before what came before it is over', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { clock, image: made, follower } = image({ after: promise })
    made.want(users('a'), { draining: false })
    await clock.advance(5_000)
    assert.deepEqual(follower.ids, [])
    resolve()
    await clock.advance(10)
    assert.deepEqual(follower.ids, ['a'])
    await made.close({})
    await clock.advance(0)
    assert.deepEqual(follower.ids, [])
  })

  it('does not register what drains already, but drains what is being registered', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { clock, image: made, follower, hold } = image()
    made.want(users('a'), { draining: true })
    await clock.advance(2_000)
    assert.deepEqual(follower.ids, [])
    hold(promise)
    made.want(users('a', { weight: 2 }), { draining: false })
    await clock.advance(100)
    made.want(users('a', { weight: 2 }), { draining: true })
    resolve()
    await clock.advance(100)
    assert.deepEqual(follower.ids, ['a:draining'])
    await made.drain()
    await made.close({})
  })

  it('is closed while it is being registered, and leaves nothing', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { clock, image: made, follower, hold } = image()
    hold(promise)
    made.want(users('a'), { draining: false })
    await clock.advance(100)
    const closed = made.close({})
    resolve()
    await clock.advance(100)
    await closed
    await clock.advance(20_000)
    assert.deepEqual([follower.ids, clock.pending], [[], 0])
  })
})
