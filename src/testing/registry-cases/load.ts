import assert from 'node:assert/strict'
import { seededRandom } from '../../core/random.ts'
import type { InstanceSet, ServiceNames } from '../../discovery/instance-set.ts'
import type { Lease } from '../../discovery/lease.ts'
import type { Registry } from '../../discovery/registry.ts'
import type { RegistryBench } from '../registry-bench.ts'
import type { RegistryCases } from './registry-case.ts'

const CHANGES = 1000
const AT_ONCE = 64
/** For leases that are not to lapse while thousands are made. */
const LONG_MS = 600_000

/** Registers, changes and revokes by chance, one thing after the other. */
async function churn(bench: RegistryBench, registry: Registry, { seed, changes }: { seed: number; changes: number }) {
  const random = seededRandom(seed)
  const leases = new Map<string, Lease>()
  for (let change = 0; change < changes; change++) {
    const id = `${seed}-${Math.floor(random.next() * 5)}`
    const lease = leases.get(id)
    if (!lease) {
      leases.set(id, await registry.register(bench.instance(id, { weight: change }), { ttlMs: LONG_MS }))
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

  'keeps 10,000 instances of one service, or as many as its pace allows': async bench => {
    const { instances } = bench.pace
    const ids = Array.from({ length: instances }, (_, index) => `i${String(index).padStart(5, '0')}`)
    const leases = await inBatches(ids, id => bench.registry.register(bench.instance(id), { ttlMs: LONG_MS }))
    const watch = bench.registry.watch(bench.serviceName)[Symbol.asyncIterator]()
    const next = async () => (await bench.result(watch.next(), 'a set arrives')).value as InstanceSet
    assert.deepEqual(
      (await next()).instances.map(({ id }) => id),
      ids,
    )
    await leases[instances / 2]!.revoke()
    assert.equal((await next()).instances.length, instances - 1)
    await watch.return?.()
  },

  'keeps 1,000 services, or as many as its pace allows, and names them all': async bench => {
    const { services } = bench.pace
    const serviceNames = Array.from(
      { length: services },
      (_, at) => `${bench.serviceName}-${String(at).padStart(4, '0')}`,
    )
    await inBatches(serviceNames, serviceName =>
      bench.registry.register(bench.instance('a', { serviceName }), { ttlMs: LONG_MS }),
    )
    const names = (await bench.peer()).services()[Symbol.asyncIterator]()
    const own = async () => {
      const { value } = await bench.result(names.next(), 'the names arrive')
      return (value as ServiceNames).names.filter(name => name.startsWith(bench.serviceName))
    }
    let seen = await own()
    while (seen.length < services) seen = await own()
    assert.deepEqual(seen, serviceNames)
    await names.return?.()
    const last = await bench.follow(bench.registry, serviceNames.at(-1))
    assert.deepEqual(last.ids, ['a'])
  },
}

/** Does `act` with all items, a batch at a time. */
async function inBatches<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(act))))
  }
  return results
}
