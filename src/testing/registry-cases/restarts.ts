import assert from 'node:assert/strict'
import type { RegistryBench } from '../registry-bench.ts'
import type { RegistryCase, RegistryCases } from './registry-case.ts'

type Restart = (options: { empty: boolean }) => Promise<void>

/** A case for fixtures whose data can be stopped and started. */
function restarted(run: (bench: RegistryBench, restart: Restart) => Promise<void>): RegistryCase {
  return async (bench, skip) => {
    const { restart } = bench.fixture
    if (!restart) return skip('this fixture cannot be restarted')
    await run(bench, async options => {
      bench.oracle.interrupted()
      await restart(options)
    })
  }
}

/** What keeps the data stops, hard, and starts again. */
export const restartCases: RegistryCases = {
  'serves what it knew when it comes back with its data': restarted(async (bench, restart) => {
    await bench.registry.register(bench.instance('a'), { ttlMs: 60_000 })
    const follower = await bench.follow()
    await restart({ empty: false })
    await bench.until(() => follower.set?.settled === true && !follower.set.stale, 'the set has settled')
    assert.deepEqual(follower.ids, ['a'])
    assert.ok(follower.sets.every(({ instances }) => instances.length === 1))
  }),

  'goes on with its leases when it comes back with its data': restarted(async (bench, restart) => {
    const lease = await bench.registry.register(bench.instance('a'), { ttlMs: 60_000 })
    const follower = await bench.follow()
    await restart({ empty: false })
    await bench.until(() => follower.ids?.join() === 'a' && !follower.set?.stale, 'the instance is back')
    await bench.result(lease.renew(), 'it is renewed')
    await lease.update({ weight: 2 })
    await bench.until(() => follower.set?.instances[0]?.weight === 2, 'the change arrives')
  }),

  'goes on with its revisions, and its watches, when it comes back empty': restarted(async (bench, restart) => {
    await bench.registry.register(bench.instance('a'), { ttlMs: 60_000 })
    const follower = await bench.follow()
    await restart({ empty: true })
    const peer = await bench.peer()
    await bench.result(peer.register(bench.instance('b'), { ttlMs: 60_000 }), 'another registers')
    await bench.until(() => follower.set?.instances.some(({ id }) => id === 'b') === true, 'the other arrives')
    const revisions = follower.sets.map(({ revision }) => revision)
    assert.deepEqual(
      revisions,
      revisions.toSorted((one, other) => one - other),
    )
  }),

  'does not vouch for an empty set that it came back with': restarted(async (bench, restart) => {
    await bench.registry.register(bench.instance('a'), { ttlMs: 60_000 })
    const follower = await bench.follow()
    await restart({ empty: true })
    await bench.until(() => follower.sets.some(({ stale }, index) => index > 0 && !stale), 'a current set arrives')
    const shrunk = follower.sets.find(({ instances }) => instances.length === 0)
    assert.ok(!shrunk || !shrunk.settled || !shrunk.known, 'an empty set was vouched for at once')
  }),

  'shows every watch all that happens before and after in order': restarted(async (bench, restart) => {
    const registry = bench.recorded
    const lease = await registry.register(bench.instance('a'), { ttlMs: 60_000 })
    await bench.follow(registry)
    await bench.follow(registry)
    await lease.update({ weight: 2 })
    await restart({ empty: false })
    await bench.result(
      lease.update({ weight: 3 }).catch(() => {}),
      'it is answered',
    )
    await bench.until(() => bench.oracle.isQuiet, 'every watch has the last change')
    await bench.verify()
  }),
}
