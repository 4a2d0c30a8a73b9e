import assert from 'node:assert/strict'
import type { RegistryCases } from './registry-case.ts'

/** The acknowledged drain. */
export const drainCases: RegistryCases = {
  'shows a draining instance as such until it is revoked': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const follower = await bench.follow()
    await bench.result(lease.drain({ drainMs: 5000 }), 'it is drained')
    assert.deepEqual(follower.ids, ['a:draining'])
    await lease.revoke()
    await bench.until(() => follower.ids?.length === 0, 'the instance is gone')
  },

  'has drained once every watch of the service, here and in other processes, has read on': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const peer = await bench.peer()
    const followers = [await bench.follow(), await bench.follow(), await bench.follow(peer)]
    await bench.settle()
    const report = await bench.result(lease.drain({ drainMs: 5000 }), 'it is drained')
    assert.deepEqual([report.acknowledged, report.missing], [true, []])
    assert.ok(report.watchers >= 2, `${report.watchers} watchers`)
    assert.ok(followers.every(({ ids }) => ids?.join() === 'a:draining'))
  },

  'has drained at once where nobody watches': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    await bench.follow(bench.registry, `${bench.serviceName}-other`)
    const report = await bench.result(lease.drain({ drainMs: 5000 }), 'it is drained')
    assert.deepEqual([report.acknowledged, report.watchers, report.missing], [true, 0, []])
  },

  'waits for a reader that is busy with the set it got': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const follower = await bench.follow()
    await bench.settle()
    const release = follower.hold()
    let drained = false
    const report = lease.drain({ drainMs: 10_000 })
    void report.then(() => (drained = true))
    await bench.until(() => follower.ids?.join() === 'a:draining', 'the reader has the set')
    await bench.settle()
    assert.equal(drained, false)
    release()
    assert.equal((await bench.result(report, 'it is drained')).acknowledged, true)
  },

  'gives up at the limit, and says who is missing': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const follower = await bench.follow()
    await bench.settle()
    follower.hold()
    const { acknowledged, watchers, missing, tookMs } = await bench.result(lease.drain({ drainMs: 300 }), 'it gives up')
    assert.deepEqual([acknowledged, watchers, missing.length], [false, 1, 1])
    assert.ok(tookMs >= 290, `took ${tookMs} ms`)
  },

  'does not wait for a watch that ends': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const watch = bench.registry.watch(bench.serviceName)[Symbol.asyncIterator]()
    await bench.result(watch.next(), 'the first set arrives')
    const report = lease.drain({ drainMs: 10_000 })
    await bench.settle()
    await watch.return?.()
    assert.equal((await bench.result(report, 'it is drained')).acknowledged, true)
  },

  'does not wait for a process that closes': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const peer = await bench.peer()
    const watch = peer.watch(bench.serviceName)[Symbol.asyncIterator]()
    await bench.result(watch.next(), 'the first set arrives')
    const report = lease.drain({ drainMs: 10_000 })
    await bench.settle()
    await peer.close()
    assert.equal((await bench.result(report, 'it is drained')).acknowledged, true)
  },

  'shows a watch that opens during a drain the instance as draining': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const busy = await bench.follow()
    await bench.settle()
    const release = busy.hold()
    const report = lease.drain({ drainMs: 10_000 })
    await bench.until(() => busy.ids?.join() === 'a:draining', 'the drain has begun')
    assert.deepEqual((await bench.follow()).ids, ['a:draining'])
    release()
    assert.equal((await bench.result(report, 'it is drained')).acknowledged, true)
  },

  'waits again when it is asked again': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const follower = await bench.follow()
    await bench.settle()
    const release = follower.hold()
    const first = await bench.result(lease.drain({ drainMs: 300 }), 'it gives up')
    assert.equal(first.acknowledged, false)
    release()
    await bench.settle()
    const second = await bench.result(lease.drain({ drainMs: 5000 }), 'it is drained')
    assert.equal(second.acknowledged, true)
  },

  'goes on draining when the wait is given up': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const follower = await bench.follow()
    await bench.settle()
    follower.hold()
    const controller = new AbortController()
    const reason = new Error('given up')
    const drained = assert.rejects(lease.drain({ drainMs: 10_000, signal: controller.signal }), reason)
    await bench.until(() => follower.ids?.join() === 'a:draining', 'the drain has begun')
    controller.abort(reason)
    await drained
    assert.deepEqual((await bench.follow()).ids, ['a:draining'])
  },

  'drains one instance and leaves the others': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    await bench.registry.register(bench.instance('b'))
    const follower = await bench.follow()
    await bench.result(lease.drain({ drainMs: 5000 }), 'it is drained')
    assert.deepEqual(follower.ids, ['a:draining', 'b'])
  },

  'keeps an instance draining that is renewed or changed': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const follower = await bench.follow()
    await bench.result(lease.drain({ drainMs: 5000 }), 'it is drained')
    await lease.renew()
    await lease.update({ weight: 2 })
    await bench.until(() => follower.set?.instances[0]?.weight === 2, 'the change arrives')
    assert.deepEqual(follower.ids, ['a:draining'])
  },

  'shows every watch a drain in order': async bench => {
    const registry = bench.recorded
    await bench.follow(registry)
    await bench.follow(registry)
    for (let round = 0; round < 5; round++) {
      const lease = await registry.register(bench.instance('a', { weight: round }))
      await bench.result(lease.drain({ drainMs: 5000 }), 'it is drained')
      await lease.revoke()
    }
    await bench.verify()
  },
}
