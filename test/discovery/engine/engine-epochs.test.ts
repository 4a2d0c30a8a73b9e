import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { LastGoodSet } from '../../../src/discovery/last-good-set.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { engineFixture } from './engine-fixture.ts'

const SETTLE_MS = 5_000
const TTL_MS = 1_000

/** A caller that watches `users`, of which another process has registered `a`. */
async function fixtureOf(t: TestContext) {
  const fixture = engineFixture({ settleMs: SETTLE_MS })
  const other = fixture.open('other')
  t.after(() => Promise.all([fixture.registry.close(), other.registry.close()]))
  const instance = createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://127.0.0.1:80'], startedAt: 0 })
  await other.registry.register(instance, { ttlMs: TTL_MS })
  const caller = new WatchFollower(fixture.registry, 'users')
  t.after(() => caller.stop())
  await fixture.advance(300)
  assert.deepEqual(caller.ids, ['a'])
  /** What a Resolver would work with. */
  const resolved = () => {
    const good = new LastGoodSet('users')
    for (const set of caller.sets) good.accept(set, fixture.clock.now())
    return good.instances.map(({ id, status }) => `${id} ${status}`)
  }
  return { ...fixture, other, caller, resolved }
}

describe('EngineEpochs', () => {
  it('takes no absence for proof just after the engine was out of reach, when leases lapsed as nobody could renew them', async t => {
    const { engine, other, caller, advance, resolved } = await fixtureOf(t)
    for (const each of [engine, other.engine]) each.cut({ down: true })
    await advance(TTL_MS * 2)
    engine.connect()
    await advance(2_500)
    assert.deepEqual([caller.ids, caller.sets.at(-1)?.settled, resolved()], [[], false, ['a unconfirmed']])
    await advance(SETTLE_MS)
    assert.deepEqual([caller.ids, caller.sets.at(-1)?.settled, resolved()], [[], true, []])
  })

  it('is settled with what a first connection tells, however long that took', async t => {
    const { engine, registry, advance } = engineFixture({ settleMs: SETTLE_MS })
    t.after(() => registry.close())
    engine.cut({ down: true })
    const caller = new WatchFollower(registry, 'users')
    t.after(() => caller.stop())
    await advance(1_000)
    engine.connect()
    await advance(2_500)
    assert.equal(caller.sets.at(-1)?.settled, true)
  })
})
