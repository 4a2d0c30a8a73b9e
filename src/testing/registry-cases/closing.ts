import assert from 'node:assert/strict'
import { RegistryClosedError } from '../../discovery/errors.ts'
import type { RegistryCases } from './registry-case.ts'

/** The end of a Registry. */
export const closingCases: RegistryCases = {
  'ends its watches with RegistryClosedError': async bench => {
    const watch = bench.registry.watch(bench.serviceName)[Symbol.asyncIterator]()
    await bench.result(watch.next(), 'the first set arrives')
    const names = bench.registry.services()[Symbol.asyncIterator]()
    await bench.result(names.next(), 'the first names arrive')
    const ends = [assert.rejects(watch.next(), RegistryClosedError), assert.rejects(names.next(), RegistryClosedError)]
    await bench.settle()
    await bench.registry.close()
    await bench.result(Promise.all(ends), 'both have ended')
  },

  'refuses everything once it is closed': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    await bench.registry.close()
    await assert.rejects(bench.registry.register(bench.instance('b')), RegistryClosedError)
    const watch = bench.registry.watch(bench.serviceName)[Symbol.asyncIterator]()
    await assert.rejects(bench.result(watch.next(), 'it is answered'), RegistryClosedError)
    const names = bench.registry.services()[Symbol.asyncIterator]()
    await assert.rejects(bench.result(names.next(), 'it is answered'), RegistryClosedError)
    await assert.rejects(bench.result(lease.renew(), 'it is answered'))
  },

  'closes once, however often it is asked to': async bench => {
    const closing = [bench.registry.close(), bench.registry.close()]
    await bench.result(Promise.all(closing), 'it is closed')
    await bench.registry.close()
  },

  'leaves nothing behind in other processes, once its leases have lapsed at the latest': async bench => {
    const follower = await bench.follow(await bench.peer())
    await bench.registry.register(bench.instance('a'), { ttlMs: bench.ttlMs })
    await bench.until(() => follower.ids?.length === 1, 'the instance arrives')
    await bench.registry.close()
    await bench.until(() => follower.ids?.length === 0, 'the instance is gone')
  },

  'answers everything that is under way when it is closed': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const watch = bench.registry.watch(bench.serviceName)[Symbol.asyncIterator]()
    const opening = bench.registry.watch(`${bench.serviceName}-other`)[Symbol.asyncIterator]()
    await bench.result(watch.next(), 'the first set arrives')
    const underWay = [
      bench.registry.register(bench.instance('b')),
      lease.renew(),
      lease.update({ weight: 2 }),
      lease.drain({ drainMs: 10_000 }),
      watch.next().then(() => watch.next()),
      opening.next().then(() => opening.next()),
    ]
    const outcomes = Promise.allSettled(underWay)
    await bench.registry.close()
    await bench.result(outcomes, 'everything is answered')
  },
}
