import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ZookeeperRegistry, type ZookeeperRegistryOptions } from '../../../src/adapters/zookeeper/index.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { instance } from '../../adapters/zookeeper/engine-to.ts'
import { until } from '../../adapters/zookeeper/until.ts'
import { missingEngine, startZooKeeper } from '../../engines/engines.ts'
import { JavaProgram, missingCurator } from './java-program.ts'

/** Nobody renews here, and a program of Java takes its time to begin. */
const ttlMs = 120_000

const PAYLOAD_CLASSES = ['java.lang.Void', 'java.lang.String', 'java.util.Map']

describe("Apache Curator's service discovery", { skip: missingEngine('zookeeper') || missingCurator() }, () => {
  let zooKeeper: Awaited<ReturnType<typeof startZooKeeper>>
  before(async () => {
    zooKeeper = await startZooKeeper()
  })
  after(() => zooKeeper.stop())

  function open(options: ZookeeperRegistryOptions = {}) {
    const registry = new ZookeeperRegistry({
      servers: [{ host: '127.0.0.1', port: zooKeeper.ports.client }],
      ...options,
    })
    return Object.assign(registry, { [Symbol.asyncDispose]: () => registry.close() })
  }

  for (const payloadClass of PAYLOAD_CLASSES) {
    it(`finds our instances and shows us its own, in a program whose payloads are ${payloadClass}`, async () => {
      await using registry = open()
      const name = `of-${payloadClass.split('.').at(-1)}`
      const ours = instance(name, 'ours', {
        endpoints: ['tls://10.0.0.5:8443', 'tcp://10.0.0.5:8080'],
        zone: 'eu-1a',
        metadata: { owner: 'crew' },
      })
      const lease = await registry.register(ours, { ttlMs })
      await using java = new JavaProgram(zooKeeper.ports.client, payloadClass)
      assert.equal(await java.ask(`register ${name} theirs`), 'registered')
      assert.equal(await java.ask(`instances ${name}`), 'ours@10.0.0.5:8080/8443,theirs@10.0.0.7:8080/null')
      assert.ok((await java.ask('names')).split(',').includes(name))
      const follower = new WatchFollower(registry, name)
      await until(() => follower.set?.instances.length === 2, 'both are seen')
      assert.deepEqual(follower.set?.instances[0], ours)
      const theirs = follower.set?.instances[1]
      assert.deepEqual([theirs?.id, theirs?.endpoints, theirs?.status], ['theirs', ['tcp://10.0.0.7:8080'], 'ready'])
      const metadata = { 'java.util.Map': { owner: 'java' }, 'java.lang.String': { payload: 'of Java' } }[payloadClass]
      assert.deepEqual(theirs?.metadata, metadata ?? {})
      await lease.revoke()
      assert.equal(await java.ask(`instances ${name}`), 'theirs@10.0.0.7:8080/null')
      await java[Symbol.asyncDispose]()
      await until(() => follower.set?.instances.length === 0, 'theirs has left')
      follower.stop()
    })
  }

  it('chooses no instance of ours that is draining', async () => {
    await using registry = open()
    const lease = await registry.register(instance('draining', 'a'), { ttlMs })
    await using java = new JavaProgram(zooKeeper.ports.client, 'java.lang.Void')
    assert.equal(await java.ask('provide draining'), 'a')
    await lease.drain({ drainMs: 1_000 })
    assert.equal(await java.ask('provide draining'), 'none')
  })

  it('finds the same names as we do, whatever characters they have', async () => {
    await using registry = open()
    await using java = new JavaProgram(zooKeeper.ports.client, 'java.lang.Void')
    for (const name of ['100%', 'ünï-绳', 'a%20b', '...']) {
      assert.equal(await java.ask(`register ${name} theirs`), 'registered')
      await registry.register(instance(name, 'ours'), { ttlMs })
      assert.match(await java.ask(`instances ${name}`), /^ours@.*,theirs@/)
      const follower = new WatchFollower(registry, name)
      await until(() => String(follower.ids) === 'ours,theirs', 'both are seen')
      follower.stop()
    }
  })
})
