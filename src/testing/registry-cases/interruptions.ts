import assert from 'node:assert/strict'
import type { RegistryBench } from '../registry-bench.ts'
import type { RegistryCase, RegistryCases } from './registry-case.ts'

type Disconnect = () => Promise<() => Promise<void>>

/** A case for fixtures that can be cut off; each watch is told of it. */
function interrupted(run: (bench: RegistryBench, disconnect: Disconnect) => Promise<void>): RegistryCase {
  return async (bench, skip) => {
    const { disconnect } = bench.fixture
    if (!disconnect) return skip('this fixture cannot be disconnected')
    await run(bench, async () => {
      const reconnect = await disconnect()
      bench.oracle.interrupted()
      return reconnect
    })
  }
}

/** Connections that break and heal. */
export const interruptionCases: RegistryCases = {
  'shows the last set as stale while it is cut off, and as current again after': interrupted(
    async (bench, disconnect) => {
      await bench.registry.register(bench.instance('a'), { ttlMs: 60_000 })
      const follower = await bench.follow()
      const { revision } = follower.set!
      const reconnect = await disconnect()
      await bench.until(() => follower.set?.stale === true, 'the set is stale')
      assert.deepEqual([follower.ids, follower.set?.revision], [['a'], revision])
      await reconnect()
      await bench.until(() => follower.set?.stale === false, 'the set is current')
      assert.equal(follower.set?.ageMs, 0)
    },
  ),

  'misses nothing that others do while it is cut off': interrupted(async (bench, disconnect) => {
    const peer = await bench.peer()
    const follower = await bench.follow(bench.recorded)
    const record = async (id: string, weight: number) => {
      const instance = bench.instance(id, { weight })
      const write = bench.oracle.writing(bench.serviceName, id, { instance, holder: id })
      const lease = await peer.register(instance, { ttlMs: 60_000 })
      write.done()
      return lease
    }
    const gone = await record('gone', 1)
    await record('stays', 1)
    await bench.until(() => follower.ids?.length === 2, 'both arrive')
    const reconnect = await disconnect()
    await record('new', 1)
    await record('stays', 2)
    const removal = bench.oracle.writing(bench.serviceName, 'gone', { instance: undefined, holder: 'gone' })
    await gone.revoke()
    removal.done()
    await reconnect()
    await bench.verify()
    assert.deepEqual(follower.ids, ['new', 'stays'])
  }),

  'costs no registration when it heals in time': interrupted(async (bench, disconnect) => {
    const lease = await bench.registry.register(bench.instance('a'), { ttlMs: 60_000 })
    const [own, follower] = [await bench.follow(), await bench.follow(await bench.peer())]
    const reconnect = await disconnect()
    await bench.until(() => own.set?.stale === true, 'the set is stale')
    await reconnect()
    await bench.until(() => own.set?.stale === false, 'the set is current')
    await bench.result(lease.renew(), 'it is renewed')
    await bench.until(() => follower.ids?.join() === 'a', 'the instance is ready')
    assert.ok(follower.sets.every(({ instances }) => instances.length === 1))
    assert.equal(lease.lost.aborted, false)
  }),

  'resumes again and again': interrupted(async (bench, disconnect) => {
    const peer = await bench.peer()
    const follower = await bench.follow()
    for (let round = 0; round < 5; round++) {
      const reconnect = await disconnect()
      await peer.register(bench.instance(`i${round}`), { ttlMs: 60_000 })
      await reconnect()
      await bench.until(() => follower.ids?.length === round + 1 && !follower.set?.stale, `round ${round} arrives`)
    }
    const revisions = follower.sets.map(({ revision }) => revision)
    assert.deepEqual(
      revisions,
      revisions.toSorted((one, other) => one - other),
    )
  }),

  'ends a watch that is given up while it is cut off': interrupted(async (bench, disconnect) => {
    const follower = await bench.follow()
    const reconnect = await disconnect()
    follower.stop()
    await bench.until(() => follower.error !== undefined, 'the watch has ended')
    await reconnect()
  }),

  'closes while it is cut off': interrupted(async (bench, disconnect) => {
    await bench.follow()
    const reconnect = await disconnect()
    await bench.result(bench.registry.close(), 'it is closed')
    await reconnect()
  }),
}
