import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { RegistryClosedError } from '../../../src/discovery/errors.ts'
import type { Registry } from '../../../src/discovery/registry.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { engineFixture, type EngineFixtureOptions } from './engine-fixture.ts'

const LONG_MS = 600_000

/** An instance of `users`. */
function instance(id: string, weight = 1) {
  return createInstance({ serviceName: 'users', id, weight, endpoints: ['tcp://127.0.0.1:80'], startedAt: 0 })
}

/** The fixture, with watches that end with the test. */
function fixtureOf(t: TestContext, options?: EngineFixtureOptions) {
  const fixture = engineFixture(options)
  t.after(() => fixture.registry.close())
  const watch = (registry: Registry = fixture.registry) => {
    const follower = new WatchFollower(registry, 'users')
    t.after(() => follower.stop())
    return follower
  }
  const register = (id: string) => fixture.registry.register(instance(id), { ttlMs: LONG_MS })
  /** Lets the engine answer what is asked of it: a note, and then a list. */
  const settle = async () => {
    for (let round = 0; round < 4; round++) await fixture.clock.settle()
  }
  const turn = async (ms: number) => {
    await fixture.clock.advance(ms)
    await settle()
  }
  return { ...fixture, watch, register, settle, turn }
}

describe('A watch that joins another', () => {
  it('is shown what this process wrote before it was opened, however late the engine tells of that', async t => {
    const { engine, watch, register, settle } = fixtureOf(t)
    const first = watch()
    await settle()
    const release = engine.stall()
    const lease = await register('a')
    await lease.update({ weight: 2 })
    const joined = watch()
    await settle()
    assert.deepEqual([first.ids, joined.ids], [[], undefined])
    release()
    await settle()
    assert.deepEqual(
      joined.sets.map(({ instances }) => instances),
      [[instance('a', 2)]],
    )
  })

  it('is not shown what this process removed before', async t => {
    const { engine, watch, register, settle } = fixtureOf(t)
    const lease = await register('a')
    const first = watch()
    await settle()
    const release = engine.stall()
    await lease.revoke()
    const joined = watch()
    await settle()
    assert.deepEqual([first.ids, joined.ids], [['a'], undefined])
    release()
    await settle()
    assert.deepEqual(
      joined.sets.map(({ instances }) => instances),
      [[]],
    )
  })

  it('is shown at once what there is when this process wrote nothing since, or the engine has told of it', async t => {
    const { engine, watch, register, open, settle } = fixtureOf(t)
    watch()
    await register('a')
    await settle()
    engine.stall()
    await open('other').registry.register(instance('b'), { ttlMs: LONG_MS })
    const joined = watch()
    await settle()
    assert.deepEqual(joined.ids, ['a'])
  })

  it('has the engine asked anew when it does not tell', async t => {
    const { engine, watch, register, settle, turn } = fixtureOf(t)
    const first = watch()
    await settle()
    engine.stall()
    await register('a')
    const joined = watch()
    await turn(990)
    assert.equal(joined.ids, undefined)
    await turn(20)
    assert.deepEqual([first.ids, joined.sets.map(({ stale }) => stale), joined.ids], [['a'], [false], ['a']])
  })

  it('has the engine asked anew at once when the revision of a write cannot be told', async t => {
    const { server, engine, watch, register, settle } = fixtureOf(t)
    const lease = await register('a')
    watch()
    await settle()
    engine.stall()
    server.remove({ serviceName: 'users', id: 'a' })
    await assert.rejects(lease.renew(), { code: 'ERR_LEASE_LOST' })
    const joined = watch()
    await settle()
    assert.deepEqual(joined.ids, [])
  })

  it('is not given a first set that was read before the write, either', async t => {
    const { engine, watch, register, settle } = fixtureOf(t, { notes: false })
    const first = watch()
    await nextTurn()
    const release = engine.stall()
    await settle()
    await register('a')
    const joined = watch()
    await settle()
    assert.deepEqual([first.ids, joined.ids], [undefined, undefined])
    release()
    await settle()
    assert.deepEqual(
      joined.sets.map(({ instances }) => instances.length),
      [1],
    )
  })

  it('is given the last set, marked as stale, when the engine cannot be reached to tell', async t => {
    const { engine, watch, register, settle, turn } = fixtureOf(t)
    const first = watch()
    await settle()
    engine.stall()
    await register('a')
    engine.cut({ down: true })
    const joined = watch()
    await settle()
    assert.deepEqual([first.set?.stale, joined.set], [true, undefined])
    await turn(1_000)
    assert.deepEqual([joined.ids, joined.set?.stale], [[], true])
    engine.connect()
    await turn(2_000)
    assert.deepEqual([joined.ids, joined.set?.stale], [['a'], false])
  })

  it('goes by what is listed after the engine was lost, though its data is other data', async t => {
    const { server, engine, watch, register, settle, turn } = fixtureOf(t)
    watch()
    for (const id of ['a', 'b', 'c']) await register(id)
    await settle()
    engine.stall()
    const lease = await register('d')
    server.wipe()
    engine.cut()
    const joined = watch()
    await turn(500)
    assert.equal(lease.lost.aborted, true)
    assert.deepEqual(joined.ids, [])
  })

  it('ends while it waits with its signal, and when the registry is closed', async t => {
    const { engine, registry, watch, register, settle } = fixtureOf(t)
    watch()
    await settle()
    engine.stall()
    await register('a')
    const reason = new Error('given up')
    const controller = new AbortController()
    const given = assert.rejects(registry.watch('users', controller)[Symbol.asyncIterator]().next(), reason)
    const closed = assert.rejects(registry.watch('users')[Symbol.asyncIterator]().next(), RegistryClosedError)
    await settle()
    controller.abort(reason)
    await given
    await registry.close()
    await closed
  })
})
