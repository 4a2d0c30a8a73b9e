import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { seededRandom } from '../../../src/core/random.ts'
import { BackendHealth } from '../../../src/daemon/front/backend-health.ts'
import { Followed } from '../../../src/daemon/front/followed.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { RegistryUnavailableError } from '../../../src/discovery/errors.ts'
import { LookupRateError } from '../../../src/daemon/front/errors.ts'
import { StoreLimitError } from '../../../src/discovery/store/limits.ts'
import { MirroredRosters } from '../../../src/discovery/store/mirrored-rosters.ts'
import { Owner } from '../../../src/discovery/store/owner.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { CountingRegistry } from './counting-registry.ts'

const instanceOf = (serviceName: string, id: string) =>
  createInstance({ serviceName, id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 })

/** What is followed in a memory registry, by a clock that stands still; the limit is low where it counts, for 20,000 watches take such a registry minutes. */
function setting(t: TestContext, { failure, followedMax = 100 }: { failure?: Error; followedMax?: number } = {}) {
  const registry = new CountingRegistry()
  registry.failure = failure
  const clock = new FakeClock()
  const health = new BackendHealth('engine://behind', () => {})
  const followed = new Followed({
    backend: { registry, url: 'engine://behind' },
    health,
    clock,
    random: seededRandom(1),
    followedMax,
  })
  t.after(() => registry.close())
  t.after(() => followed.close())
  const owner = new Owner({ id: 'behind', name: 'behind' }, { kind: 'timed', now: 0 })
  const common = { clock, revision: 1_000, settled: true, graceMs: 0, quietMs: 0, defer: queueMicrotask }
  const rosters = new MirroredRosters({ ...common, source: followed, holderOf: () => owner })
  followed.start(rosters)
  const watch = (serviceName: string) =>
    rosters.watch(serviceName, { name: 'somebody', acknowledges: true, onChange: () => {} })
  return { registry, clock, health, followed, rosters, watch }
}

describe('Followed', () => {
  it('follows what is read, and no more when it was not read for a minute', async t => {
    const { registry, clock, rosters } = setting(t)
    await registry.register(instanceOf('users', 'a'))
    await rosters.ready('users')
    assert.equal(rosters.ready('users'), undefined)
    assert.equal(rosters.set('users').instances.length, 1)
    await clock.advance(50_000)
    assert.equal(registry.open('users'), 2)
    await clock.advance(30_000)
    assert.equal(registry.open('users'), 0)
    assert.equal(rosters.isReady('users'), false)
  })

  it('follows what is watched for as long as it is watched', async t => {
    const { registry, clock, rosters, watch } = setting(t)
    const watches = [watch('users'), watch('users')]
    await rosters.ready('users')
    await clock.advance(600_000)
    assert.equal(registry.open('users'), 2)
    for (const one of watches) one.close()
    await clock.advance(80_000)
    assert.equal(registry.open('users'), 0)
  })

  it('follows all there is, and what is added, once somebody reads all', async t => {
    const { registry, clock, followed, rosters } = setting(t)
    for (const name of ['users', 'orders']) await registry.register(instanceOf(name, 'a'))
    await clock.settle()
    await rosters.readyAll()
    assert.deepEqual(rosters.names().names, ['orders', 'users'])
    assert.equal(followed.size, 2)
    await registry.register(instanceOf('carts', 'a'))
    await clock.settle()
    assert.equal(followed.size, 3)
    assert.equal(rosters.readyAll(), undefined)
  })

  it('says after five seconds that what is behind is away, and goes on trying', async t => {
    const { registry, clock, health, rosters } = setting(t, { failure: new Error('it is away') })
    const refused = assert.rejects(rosters.ready('users') as Promise<void>, RegistryUnavailableError)
    await clock.advance(5_000)
    await refused
    assert.ok(health.failure)
    registry.failure = undefined
    await clock.advance(20_000)
    assert.equal(health.failure, undefined)
    assert.equal(rosters.isReady('users'), true)
  })

  it('follows no more than it may, and goes on with what it has', async t => {
    const { registry, clock, health, followed, rosters, watch } = setting(t, { followedMax: 2 })
    for (const name of ['users', 'orders']) await registry.register(instanceOf(name, 'a'))
    await clock.settle()
    await rosters.readyAll()
    assert.throws(() => rosters.ready('carts'), StoreLimitError)
    assert.throws(() => watch('carts'), StoreLimitError)
    await registry.register(instanceOf('carts', 'a'))
    await clock.settle()
    assert.equal(health.failure, undefined)
    assert.equal(followed.size, 2)
    assert.throws(() => rosters.readyAll(), StoreLimitError)
    await registry.register(instanceOf('users', 'b'))
    await clock.settle()
    assert.equal(rosters.set('users').instances.length, 2)
  })

  it('asks but a hundred times a second for what is not named there, and lets go of it soon', async t => {
    const { registry, clock, followed, rosters } = setting(t, { followedMax: 1_000 })
    await registry.register(instanceOf('users', 'a'))
    await clock.settle()
    for (let index = 0; index < 100; index++) await rosters.ready(`none-${index}`)
    assert.throws(() => rosters.ready('none'), LookupRateError)
    assert.equal(rosters.ready('none-1'), undefined)
    await rosters.ready('users')
    assert.equal(followed.size, 101)
    await clock.advance(15_000)
    assert.deepEqual([registry.open('users'), registry.open('none-1'), followed.size], [2, 0, 1])
  })

  it('has room for what is named there however many others are watched', async t => {
    const { registry, clock, followed, rosters, watch } = setting(t, { followedMax: 4 })
    for (const name of ['users', 'orders']) await registry.register(instanceOf(name, 'a'))
    await clock.settle()
    for (const name of ['none-1', 'none-2']) watch(name)
    assert.throws(() => watch('none-3'), StoreLimitError)
    await rosters.readyAll()
    assert.deepEqual([followed.size, rosters.isReady('users'), rosters.isReady('orders')], [4, true, true])
  })

  it('follows nothing of what can be no name', t => {
    const { followed, rosters, watch } = setting(t)
    assert.equal(rosters.ready('a/b'), undefined)
    watch('a/b')
    assert.equal(followed.size, 0)
  })
})
