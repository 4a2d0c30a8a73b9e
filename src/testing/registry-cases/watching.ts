import assert from 'node:assert/strict'
import type { RegistryCases } from './registry-case.ts'

/** What a watch shows. */
export const watchCases: RegistryCases = {
  'yields a first set at once, of a service that nobody knows too': async bench => {
    const follower = await bench.follow()
    const first = follower.set!
    assert.deepEqual([first.serviceName, first.instances, first.known], [bench.serviceName, [], false])
    const isSure = () => follower.set?.settled === true && !follower.set.stale
    // Where time is real, a busy machine alone can have had what keeps the data out of reach a moment ago.
    if (!bench.fixture.advance) await bench.until(isSure, 'the registry vouches for the set')
    assert.deepEqual([isSure(), follower.set?.known, follower.set?.ageMs], [true, false, 0])
  },

  'tells a service that is empty from one that nobody knows': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const follower = await bench.follow()
    assert.equal(follower.set?.known, true)
    await lease.revoke()
    await bench.until(() => follower.ids?.length === 0, 'the instance is gone')
    assert.equal(follower.set?.known, true)
    const later = await bench.follow()
    assert.deepEqual([later.ids, later.set?.known], [[], true])
  },

  'shows in the first set what was written before': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    for (let weight = 2; weight < 20; weight++) {
      await lease.update({ weight })
      const follower = await bench.follow()
      assert.equal(follower.set?.instances[0]?.weight, weight)
      follower.stop()
    }
  },

  'shows it to who joins others that watch already as well, and not what was removed': async bench => {
    await bench.follow()
    for (let weight = 1; weight <= 20; weight++) {
      const lease = await bench.registry.register(bench.instance('a', { weight }))
      const follower = await bench.follow()
      assert.equal(follower.sets[0]?.instances[0]?.weight, weight)
      follower.stop()
      await lease.revoke()
      const later = await bench.follow()
      assert.deepEqual(later.sets[0]?.instances, [])
      later.stop()
    }
  },

  'shows the first instance of a service to those who watched before': async bench => {
    const follower = await bench.follow()
    await bench.registry.register(bench.instance('a'))
    await bench.until(() => follower.ids?.length === 1, 'the instance arrives')
    assert.deepEqual([follower.set?.known, follower.ids], [true, ['a']])
  },

  'shows a reader that keeps up every change, with revisions that grow': async bench => {
    const follower = await bench.follow()
    const lease = await bench.registry.register(bench.instance('a'))
    await bench.until(() => follower.ids?.length === 1, 'the instance arrives')
    for (let weight = 2; weight <= 5; weight++) {
      await lease.update({ weight })
      await bench.until(() => follower.set?.instances[0]?.weight === weight, `weight ${weight} arrives`)
    }
    const revisions = follower.sets.map(({ revision }) => revision)
    assert.deepEqual(
      revisions,
      [...new Set(revisions)].toSorted((one, other) => one - other),
    )
    assert.equal(follower.sets.length, 6)
  },

  'shows a slow reader the newest set, and not all those between': async bench => {
    const follower = bench.open()
    const release = follower.hold()
    await bench.until(() => follower.sets.length === 1, 'the first set arrives')
    const lease = await bench.registry.register(bench.instance('a'))
    for (let weight = 2; weight <= 50; weight++) await lease.update({ weight })
    await bench.settle()
    release()
    await bench.until(() => follower.set?.instances[0]?.weight === 50, 'the last weight arrives')
    assert.ok(follower.sets.length <= 4, `${follower.sets.length} sets for a reader that slept through them`)
  },

  'shows another process the same': async bench => {
    const peer = await bench.peer()
    const [follower, other] = [await bench.follow(), await bench.follow(peer)]
    await bench.registry.register(bench.instance('a'))
    await peer.register(bench.instance('b'))
    await bench.until(() => follower.ids?.length === 2 && other.ids?.length === 2, 'both see both')
    assert.deepEqual(follower.set?.instances, other.set?.instances)
    assert.equal(follower.set?.revision, other.set?.revision)
  },

  'wakes nobody for a change of another service': async bench => {
    const follower = await bench.follow()
    await bench.registry.register(bench.instance('a', { serviceName: `${bench.serviceName}-other` }))
    await bench.settle()
    assert.equal(follower.sets.length, 1)
  },

  'hands out sets that never change again': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const follower = await bench.follow()
    const first = follower.set!
    const copy = structuredClone(first)
    await lease.update({ weight: 2 })
    await bench.registry.register(bench.instance('b'))
    await bench.until(() => follower.ids?.length === 2, 'the changes arrive')
    assert.deepEqual(first, copy)
  },

  'lets a reader leave by break, and goes on for the others': async bench => {
    const staying = await bench.follow()
    for await (const set of bench.registry.watch(bench.serviceName)) {
      assert.equal(set.instances.length, 0)
      break
    }
    await bench.registry.register(bench.instance('a'))
    await bench.until(() => staying.ids?.length === 1, 'the others see the change')
  },

  'opens many watches of one service, and closes them one by one': async bench => {
    const followers = await Promise.all(Array.from({ length: 20 }, () => bench.follow()))
    for (const [index, follower] of followers.entries()) {
      const lease = await bench.registry.register(bench.instance(`i${index}`))
      await bench.until(() => follower.ids?.length === 1, `watch ${index} sees the change`)
      follower.stop()
      await lease.revoke()
      await bench.until(
        () => followers.slice(index + 1).every(({ ids }) => ids?.length === 0),
        'the others see it leave',
      )
    }
  },
}
