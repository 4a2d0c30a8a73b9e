import assert from 'node:assert/strict'
import { seededRandom } from '../../core/random.ts'
import type { InstanceSet } from '../../discovery/instance-set.ts'
import type { Lease } from '../../discovery/lease.ts'
import type { Registry } from '../../discovery/registry.ts'
import type { RegistryBench } from '../registry-bench.ts'
import type { RegistryCases } from './registry-case.ts'

const CHANGES = 1000
const MANY = 10_000
const AT_ONCE = 64

/** Registers, changes and revokes by chance, one thing after the other. */
async function churn(bench: RegistryBench, registry: Registry, { seed, changes }: { seed: number; changes: number }) {
  const random = seededRandom(seed)
  const leases = new Map<string, Lease>()
  for (let change = 0; change < changes; change++) {
    const id = `${seed}-${Math.floor(random.next() * 5)}`
    const lease = leases.get(id)
    if (!lease) {
      leases.set(id, await registry.register(bench.instance(id, { weight: change })))
    } else if (random.next() < 0.7) {
      await lease.update({ weight: change })
    } else {
      await lease.revoke()
      leases.delete(id)
    }
  }
}

/** Many changes, many instances: what the oracle says. */
export const loadCases: RegistryCases = {
  'brings every watch, quick or slow, old or new, through 1,000 fast changes in order': async bench => {
    const registry = bench.recorded
    const followers = [bench.open(registry), bench.open(registry), bench.open(registry)]
    const releases = followers.slice(1).map(follower => follower.hold())
    await churn(bench, registry, { seed: 1, changes: CHANGES / 2 })
    releases[0]?.()
    bench.open(registry)
    await churn(bench, registry, { seed: 2, changes: CHANGES / 2 })
    releases[1]?.()
    await bench.verify()
  },

  'brings the watches of two processes that write at once to the same end': async bench => {
    const [one, two] = [bench.recorded, await bench.peer()]
    const followers = [await bench.follow(one), await bench.follow(two)]
    const churns = [churn(bench, one, { seed: 1, changes: 200 }), churn(bench, two, { seed: 2, changes: 200 })]
    await bench.result(Promise.all(churns), 'both have written')
    const [mine, other] = followers
    await bench.until(() => mine!.set!.revision === other!.set!.revision, 'both are at one revision')
    await bench.settle()
    assert.deepEqual(mine!.set!.instances, other!.set!.instances)
  },

  'keeps 10,000 instances of one service': async bench => {
    const ids = Array.from({ length: MANY }, (_, index) => `i${String(index).padStart(5, '0')}`)
    const leases: Lease[] = []
    for (let at = 0; at < MANY; at += AT_ONCE) {
      const batch = ids
        .slice(at, at + AT_ONCE)
        .map(id => bench.registry.register(bench.instance(id), { ttlMs: 60_000 }))
      leases.push(...(await Promise.all(batch)))
    }
    const sizes: number[] = []
    const watch = bench.registry.watch(bench.serviceName)[Symbol.asyncIterator]()
    const first = await bench.result(watch.next() as Promise<IteratorYieldResult<InstanceSet>>, 'the set arrives')
    assert.deepEqual(
      first.value.instances.map(({ id }) => id),
      ids,
    )
    await leases[5000]!.revoke()
    const next = await bench.result(watch.next() as Promise<IteratorYieldResult<InstanceSet>>, 'the change arrives')
    sizes.push(next.value.instances.length)
    assert.deepEqual(sizes, [MANY - 1])
    await watch.return?.()
  },
}
