import assert from 'node:assert/strict'
import { seededRandom } from '../../core/random.ts'
import { LeaseLostError } from '../../discovery/errors.ts'
import type { InstanceSet } from '../../discovery/instance-set.ts'
import type { Lease } from '../../discovery/lease.ts'
import { Registrant } from '../../discovery/registrant.ts'
import type { Registry } from '../../discovery/registry.ts'
import type { RegistryBench } from '../registry-bench.ts'
import type { RegistryCase, RegistryCases } from './registry-case.ts'

type Registers = Pick<Registry, 'register'>

/** A case with a Registrant that goes through what `through` makes of the registry. */
function registered(
  through: (registry: Registry) => Registers,
  run: (bench: RegistryBench, registrant: Registrant) => Promise<void>,
): RegistryCase {
  return async (bench, skip) => {
    const { clock } = bench
    if (!clock) return skip('this fixture does not tell its clock')
    const registrant = new Registrant({
      registry: through(bench.registry),
      serviceName: bench.serviceName,
      id: 'a',
      covers: { endpoints: ['tcp://127.0.0.1:80'], status: 'ready' },
      ttlMs: bench.ttlMs,
      clock,
      random: seededRandom(1),
    })
    await registrant.start()
    try {
      await run(bench, registrant)
    } finally {
      await bench.result(registrant.stop(), 'the Registrant has stopped')
    }
  }
}

/** Has the renewals of the first lease wait until it has lapsed, as when its process was stopped; counts the leases it gave. */
function sleepyAtFirst(registry: Registry): Registers & { leases: Lease[]; refusals: unknown[] } {
  const leases: Lease[] = []
  const refusals: unknown[] = []
  return {
    leases,
    refusals,
    async register(instance, options) {
      const lease = await registry.register(instance, options)
      leases.push(lease)
      return leases.length > 1 ? lease : late(lease, refusals)
    },
  }
}

/** Does what it should, except that it renews too late, and leaves the holder to find that out. */
function late(lease: Lease, refusals: unknown[]): Lease {
  return {
    get instance() {
      return lease.instance
    },
    ttlMs: lease.ttlMs,
    lost: new AbortController().signal,
    async renew(options) {
      if (!lease.lost.aborted) return
      await lease.renew(options).catch((error: unknown) => {
        refusals.push(error)
        throw error
      })
    },
    update: (changes, options) => lease.update(changes, options),
    drain: options => lease.drain(options),
    revoke: options => lease.revoke(options),
  }
}

const isListed = ({ instances }: InstanceSet): boolean => instances.length === 1

/** What a Registrant makes of the Registry. */
export const registrantCases: RegistryCases = {
  'keeps an instance for as long as its Registrant runs, and no longer': registered(
    registry => registry,
    async (bench, registrant) => {
      const follower = await bench.follow(await bench.peer())
      await bench.until(() => follower.ids?.join() === 'a', 'the instance arrives')
      await bench.advance(bench.ttlMs * 3)
      assert.ok(follower.sets.slice(follower.sets.findIndex(isListed)).every(isListed))
      await bench.result(registrant.stop(), 'the Registrant has stopped')
      await bench.until(() => follower.ids?.length === 0, 'the instance is gone')
    },
  ),

  'refuses a Registrant that renews too late, which then registers again': async (bench, skip) => {
    const sleepy = sleepyAtFirst(bench.registry)
    const run = registered(
      () => sleepy,
      async () => {
        const follower = await bench.follow(await bench.peer())
        await bench.until(() => sleepy.leases[0]?.lost.aborted === true, 'the first lease has lapsed')
        await bench.until(() => sleepy.leases.length > 1, 'it has registered again')
        await bench.until(() => follower.ids?.join() === 'a', 'the instance is back')
        assert.ok(sleepy.refusals[0] instanceof LeaseLostError)
      },
    )
    await run(bench, skip)
  },
}
