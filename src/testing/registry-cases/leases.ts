import assert from 'node:assert/strict'
import { LeaseLostError } from '../../discovery/errors.ts'
import type { Lease } from '../../discovery/lease.ts'
import type { RegistryBench } from '../registry-bench.ts'
import type { RegistryCases } from './registry-case.ts'

/** A claim nobody renews, until it has lapsed. */
async function lapsed(bench: RegistryBench): Promise<Lease> {
  const lease = await bench.registry.register(bench.instance('a'), { ttlMs: bench.ttlMs })
  await bench.until(() => lease.lost.aborted, 'the lease is lost')
  return lease
}

/** Claims that lapse unless renewed. */
export const leaseCases: RegistryCases = {
  'removes an instance whose lease nobody renews, and tells its holder': async bench => {
    const lease = await bench.registry.register(bench.instance('a'), { ttlMs: bench.ttlMs })
    const follower = await bench.follow()
    await bench.until(() => follower.ids?.length === 0, 'the instance is gone')
    await bench.until(() => lease.lost.aborted, 'the holder is told')
    assert.ok(lease.lost.reason instanceof LeaseLostError)
  },

  'lists an instance until its TTL has passed since it was last renewed': async (bench, skip) => {
    const { clock } = bench
    if (!clock) return skip('this fixture does not tell its clock')
    const follower = await bench.follow(await bench.peer())
    const lease = await bench.registry.register(bench.instance('a'), { ttlMs: bench.ttlMs })
    await bench.until(() => follower.ids?.length === 1, 'the instance arrives')
    const renewedAt = clock.now()
    await lease.renew()
    await bench.until(() => follower.ids?.length === 0, 'the instance is gone')
    const listedMs = clock.now() - renewedAt
    assert.ok(listedMs >= bench.ttlMs, `gone ${listedMs} ms after its renewal, with a TTL of ${bench.ttlMs} ms`)
  },

  'keeps an instance whose lease is renewed': async bench => {
    const lease = await bench.registry.register(bench.instance('a'), { ttlMs: bench.ttlMs })
    const follower = await bench.follow()
    for (let renewal = 0; renewal < 15; renewal++) {
      await bench.advance(bench.ttlMs / 3)
      await lease.renew()
    }
    assert.deepEqual([follower.ids, lease.lost.aborted], [['a'], false])
  },

  'refuses to renew or to change what has lapsed': async bench => {
    const lease = await lapsed(bench)
    await assert.rejects(lease.renew(), LeaseLostError)
    await assert.rejects(lease.update({ weight: 2 }), LeaseLostError)
    assert.deepEqual((await bench.follow()).ids, [])
  },

  'registers again what has lapsed': async bench => {
    await lapsed(bench)
    const lease = await bench.registry.register(bench.instance('a', { weight: 2 }))
    await lease.renew()
    const { set } = await bench.follow()
    assert.deepEqual(set?.instances, [bench.instance('a', { weight: 2 })])
  },

  'does not mind revoking what has lapsed, and leaves its successor': async bench => {
    const lease = await lapsed(bench)
    await bench.registry.register(bench.instance('a', { weight: 2 }), { ttlMs: 60_000 })
    await lease.revoke()
    const { set } = await bench.follow()
    assert.deepEqual(set?.instances, [bench.instance('a', { weight: 2 })])
  },

  'lets leases lapse each by its own TTL': async bench => {
    const [short, long] = [
      await bench.registry.register(bench.instance('short'), { ttlMs: bench.ttlMs }),
      await (await bench.peer()).register(bench.instance('long'), { ttlMs: bench.ttlMs * 60 }),
    ]
    const follower = await bench.follow()
    await bench.until(() => follower.ids?.length === 1, 'one is gone')
    assert.deepEqual([follower.ids?.map(id => id.split(':')[0]), long.lost.aborted], [['long'], false])
    await bench.until(() => short.lost.aborted, 'its holder is told')
  },

  'shows every watch a lapse and a return in order': async bench => {
    const registry = bench.recorded
    const followers = [await bench.follow(registry), await bench.follow(registry)]
    for (let round = 0; round < 3; round++) {
      const lease = await registry.register(bench.instance('a', { weight: round }), { ttlMs: bench.ttlMs })
      await bench.until(() => lease.lost.aborted, 'the lease is lost')
    }
    await registry.register(bench.instance('a', { weight: 9 }), { ttlMs: 60_000 })
    await bench.verify()
    assert.ok(followers.every(({ ids }) => ids?.length === 1))
  },
}
