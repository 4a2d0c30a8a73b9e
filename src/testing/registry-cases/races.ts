import assert from 'node:assert/strict'
import type { Lease } from '../../discovery/lease.ts'
import type { RegistryBench } from '../registry-bench.ts'
import type { RegistryCases } from './registry-case.ts'

const ROUNDS = 20
const RENEWAL_ROUNDS = 100

/** Does `action` and revokes at the same time, in both orders: in the end nothing may be left. */
async function never(
  bench: RegistryBench,
  action: (lease: Lease) => Promise<unknown>,
  rounds: number = ROUNDS,
): Promise<void> {
  const follower = await bench.follow()
  for (let round = 0; round < rounds; round++) {
    const lease = await bench.registry.register(bench.instance('a', { weight: round }))
    const acts = [() => action(lease), () => lease.revoke()]
    const racing = (round % 2 === 0 ? acts : acts.toReversed()).map(act => act())
    await bench.result(Promise.allSettled(racing), 'both are answered')
    await bench.until(() => follower.ids?.length === 0, 'the instance is gone')
    await bench.settle()
    const newcomer = await bench.follow()
    assert.deepEqual([follower.ids, newcomer.ids], [[], []])
    newcomer.stop()
  }
}

/** Things that happen at the same time. */
export const raceCases: RegistryCases = {
  'never resurrects an instance by a renewal that races its revocation': bench =>
    never(bench, lease => lease.renew(), RENEWAL_ROUNDS),

  'never resurrects an instance by a change that races its revocation': bench =>
    never(bench, lease => lease.update({ weight: 99 })),

  'never resurrects an instance by a drain that races its revocation': bench =>
    never(bench, lease => lease.drain({ drainMs: 100 })),

  'has the later of a revocation and a registration that follows it': async bench => {
    const registry = bench.recorded
    await bench.follow(registry)
    let lease = await registry.register(bench.instance('a', { weight: 0 }))
    for (let weight = 1; weight <= ROUNDS; weight++) {
      const revoked = lease.revoke()
      const next = registry.register(bench.instance('a', { weight }))
      await bench.result(Promise.all([revoked, next]), 'both are answered')
      lease = await next
    }
    await bench.verify()
  },

  'has the last of changes that are made without waiting': async bench => {
    const registry = bench.recorded
    await bench.follow(registry)
    const lease = await registry.register(bench.instance('a'))
    const changes = Array.from({ length: 50 }, (_, weight) => lease.update({ weight }))
    await bench.result(Promise.all(changes), 'all are answered')
    await bench.verify()
    assert.equal(lease.instance.weight, 49)
  },
}
