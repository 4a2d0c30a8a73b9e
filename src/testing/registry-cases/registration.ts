import assert from 'node:assert/strict'
import type { RegistryCases } from './registry-case.ts'

/** Registering, changing and removing Instances. */
export const registrationCases: RegistryCases = {
  'lists an instance as it was written': async bench => {
    const written = bench.instance('a', {
      endpoints: ['tls://10.0.0.5:8443', 'unix:/run/a.sock'],
      weight: 7,
      zone: 'eu-1a',
      version: '2.1.0',
      tags: ['canary', 'blue'],
      metadata: { owner: 'crew', empty: '' },
      startedAt: 1_767_225_600_000,
    })
    await bench.registry.register(written)
    const { set } = await bench.follow()
    assert.deepEqual(set?.instances, [written])
  },

  'hands out a lease that knows its instance and its TTL': async bench => {
    const lease = await bench.registry.register(bench.instance('a'), { ttlMs: 30_000 })
    assert.deepEqual(lease.instance, bench.instance('a'))
    assert.equal(lease.ttlMs, 30_000)
    assert.equal(lease.lost.aborted, false)
  },

  'lists the instances of a service in the order of their ids': async bench => {
    for (const id of ['b', 'c', 'a', 'B', 'a1']) await bench.registry.register(bench.instance(id))
    const follower = await bench.follow()
    assert.deepEqual(follower.ids, ['B', 'a', 'a1', 'b', 'c'])
  },

  'takes one id under two service names for two instances': async bench => {
    const other = `${bench.serviceName}-other`
    await bench.registry.register(bench.instance('a'))
    const lease = await bench.registry.register(bench.instance('a', { serviceName: other }))
    const [follower, otherFollower] = [await bench.follow(), await bench.follow(bench.registry, other)]
    await lease.revoke()
    await bench.until(() => otherFollower.ids?.length === 0, 'the other is gone')
    assert.deepEqual(follower.ids, ['a'])
  },

  'changes an instance in place and leaves the others': async bench => {
    const lease = await bench.registry.register(bench.instance('a', { tags: ['old'] }))
    await bench.registry.register(bench.instance('b'))
    const follower = await bench.follow()
    const before = follower.set!.revision
    await lease.update({ weight: 9, tags: ['new'], metadata: { key: 'value' } })
    const changed = bench.instance('a', { weight: 9, tags: ['new'], metadata: { key: 'value' } })
    await bench.until(() => follower.set!.revision > before, 'the change arrives')
    assert.deepEqual(follower.set!.instances, [changed, bench.instance('b')])
    assert.deepEqual(lease.instance, changed)
  },

  'shows nobody a renewal': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const follower = await bench.follow()
    for (let time = 0; time < 5; time++) await lease.renew()
    await bench.settle()
    assert.equal(follower.sets.length, 1)
  },

  'removes an instance whose lease is revoked, and does not mind a second time': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    await bench.registry.register(bench.instance('b'))
    const follower = await bench.follow()
    await lease.revoke()
    await lease.revoke()
    await bench.until(() => follower.ids?.length === 1, 'the instance is gone')
    assert.deepEqual(follower.ids, ['b'])
    assert.equal(lease.lost.aborted, false)
  },

  'registers again what was revoked': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    await lease.revoke()
    await bench.registry.register(bench.instance('a', { weight: 2 }))
    const { set } = await bench.follow()
    assert.deepEqual(set?.instances, [bench.instance('a', { weight: 2 })])
  },

  'takes what the same process registers again for a change': async bench => {
    await bench.registry.register(bench.instance('a'))
    const lease = await bench.registry.register(bench.instance('a', { weight: 2 }))
    const follower = await bench.follow()
    assert.deepEqual(follower.set?.instances, [bench.instance('a', { weight: 2 })])
    await lease.revoke()
    await bench.until(() => follower.ids?.length === 0, 'the instance is gone')
  },
}
