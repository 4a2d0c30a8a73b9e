import assert from 'node:assert/strict'
import type { RegistryCases } from './registry-case.ts'

const reason = new Error('given up')
const aborted = AbortSignal.abort(reason)
/** For a lease that is not to lapse while a busy machine makes twenty changes. */
const LONG_MS = 600_000

/** Every wait can be given up. */
export const abortingCases: RegistryCases = {
  'registers nothing when that is given up before': async bench => {
    await assert.rejects(bench.registry.register(bench.instance('a'), { signal: aborted }), reason)
    await bench.settle()
    assert.deepEqual((await bench.follow()).ids, [])
  },

  'leaves nothing registered when that is given up meanwhile': async bench => {
    for (let turns = 0; turns < 5; turns++) {
      const controller = new AbortController()
      const registering = bench.registry.register(bench.instance('a'), controller)
      const outcome = registering.then(
        lease => lease,
        (error: unknown) => {
          assert.equal(error, reason)
        },
      )
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      controller.abort(reason)
      const lease = await bench.result(outcome, 'it is answered')
      await lease?.revoke()
      await bench.settle()
      const follower = await bench.follow()
      await bench.until(() => follower.ids?.length === 0, 'nothing is left')
      follower.stop()
    }
  },

  'changes nothing when that is given up before': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    await assert.rejects(lease.renew({ signal: aborted }), reason)
    await assert.rejects(lease.update({ weight: 2 }, { signal: aborted }), reason)
    await assert.rejects(lease.drain({ signal: aborted }), reason)
    await assert.rejects(lease.revoke({ signal: aborted }), reason)
    const { set } = await bench.follow()
    assert.deepEqual(set?.instances, [bench.instance('a')])
  },

  'makes the changes that follow one that is given up meanwhile': async bench => {
    const lease = await bench.registry.register(bench.instance('a'), { ttlMs: LONG_MS })
    const follower = await bench.follow()
    for (let weight = 2; weight <= 11; weight++) {
      const controller = new AbortController()
      const given = lease
        .update({ weight: 1_000 + weight }, controller)
        .catch((error: unknown) => assert.equal(error, reason))
      for (let turn = 0; turn < weight; turn++) await Promise.resolve()
      controller.abort(reason)
      await bench.result(given, 'it is answered')
      await bench.result(lease.update({ weight }), 'the next is answered')
      await bench.until(() => follower.set?.instances[0]?.weight === weight, 'the last change arrives')
    }
    await bench.result(lease.revoke(), 'it is revoked')
    await bench.until(() => follower.ids?.length === 0, 'nothing is left')
  },

  'ends a watch that is given up before it begins': async bench => {
    const watch = bench.registry.watch(bench.serviceName, { signal: aborted })[Symbol.asyncIterator]()
    await assert.rejects(bench.result(watch.next(), 'it is answered'), reason)
  },

  'ends a watch that is given up while it waits': async bench => {
    const controller = new AbortController()
    const watch = bench.registry.watch(bench.serviceName, controller)[Symbol.asyncIterator]()
    await bench.result(watch.next(), 'the first set arrives')
    const next = assert.rejects(watch.next(), reason)
    await bench.settle()
    controller.abort(reason)
    await bench.result(next, 'it is answered')
    assert.equal((await watch.next()).done, true)
  },

  'ends a watch that is given up while its reader is busy': async bench => {
    const controller = new AbortController()
    const watch = bench.registry.watch(bench.serviceName, controller)[Symbol.asyncIterator]()
    await bench.result(watch.next(), 'the first set arrives')
    controller.abort(reason)
    await assert.rejects(bench.result(watch.next(), 'it is answered'), reason)
  },

  'ends a watch of service names that is given up': async bench => {
    const controller = new AbortController()
    const names = bench.registry.services(controller)[Symbol.asyncIterator]()
    await bench.result(names.next(), 'the first names arrive')
    const next = assert.rejects(names.next(), reason)
    controller.abort(reason)
    await bench.result(next, 'it is answered')
  },
}
