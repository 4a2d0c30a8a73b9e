import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { EtcdRegistry } from '../../../src/adapters/etcd/index.ts'
import { Client } from '../../../src/client/client.ts'
import { openRegistry } from '../../../src/cli/open-registry.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { InstanceSet } from '../../../src/discovery/instance-set.ts'
import type { Registry } from '../../../src/discovery/registry.ts'
import { Resolver } from '../../../src/discovery/resolver.ts'
import { lastingRegistry } from '../../../src/testing/lasting-registry.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { until } from '../../adapters/daemon/until.ts'
import { missingEngine, startEtcd } from '../../engines/engines.ts'
import { Callers } from '../engines/callers.ts'
import { SiteProcess } from '../engines/site-process.ts'
import { FrontProcess } from './front-process.ts'

async function etcdOf(t: TestContext) {
  const etcd = await startEtcd()
  t.after(() => etcd.stop())
  const { client: port } = etcd.ports
  const url = `etcd://127.0.0.1:${port}`
  const registry = new EtcdRegistry({ endpoints: [`127.0.0.1:${port}`], requestMs: PATIENCE_MS })
  t.after(() => registry.close())
  return { etcd, url, port, registry }
}

const instanceOf = (id: string) =>
  createInstance({ serviceName: 'users', id, endpoints: ['tcp://127.0.0.1:9'], startedAt: 0 })

function clientOf(t: TestContext, { port }: FrontProcess): Registry {
  const client = lastingRegistry(new DaemonRegistry({ port, requestMs: PATIENCE_MS }))
  t.after(() => client.close())
  return client
}

function followerOf(t: TestContext, front: FrontProcess): WatchFollower {
  const follower = new WatchFollower(clientOf(t, front), 'users')
  t.after(() => follower.stop())
  return follower
}

/** Whether it shows two instances, the first one of weight 3. */
function isComplete({ set }: WatchFollower): boolean {
  return set?.instances.length === 2 && set.instances[0]?.weight === 3
}

describe('Fronts of etcd', { skip: missingEngine('etcd') }, () => {
  it('agree on what there is, and on its revisions', async t => {
    const { url, registry } = await etcdOf(t)
    const fronts = await Promise.all([FrontProcess.start(t, url), FrontProcess.start(t, url)])
    const followers = fronts.map(front => followerOf(t, front))
    const lease = await registry.register(instanceOf('a'), { ttlMs: 600_000 })
    await clientOf(t, fronts[0]).register(instanceOf('b'))
    await lease.update({ weight: 3 })
    await until(() => followers.every(isComplete), 'both show both', PATIENCE_MS)
    const [one, other] = followers.map(({ set }) => set)
    assert.deepEqual(one?.instances, other?.instances)
    assert.equal(one?.revision, other?.revision)
  })

  it('stream what is in etcd as events', async t => {
    const { url, registry } = await etcdOf(t)
    const { authority } = await FrontProcess.start(t, url)
    await registry.register(instanceOf('a'), { ttlMs: 600_000 })
    const { body } = await fetch(`http://${authority}/api/v1/services/users/watch`, { signal: t.signal })
    const sets: InstanceSet[] = []
    const lines = createInterface(Readable.fromWeb(body ?? assert.fail('there is a stream')))
    lines.on('line', line => line.startsWith('data: ') && sets.push(JSON.parse(line.slice(6)) as InstanceSet))
    await until(() => sets.at(-1)?.instances.length === 1, 'the stream has the instance', PATIENCE_MS)
    await registry.register(instanceOf('b'), { ttlMs: 600_000 })
    await until(() => sets.at(-1)?.instances.length === 2, 'the stream has the other', PATIENCE_MS)
  })

  it('serve what they knew while etcd is away, say so, and go on when it is back', async t => {
    const { etcd, url, registry } = await etcdOf(t)
    const front = await FrontProcess.start(t, url)
    await registry.register(instanceOf('a'), { ttlMs: 600_000 })
    const follower = followerOf(t, front)
    await until(() => follower.ids?.[0] === 'a', 'it is shown', PATIENCE_MS)
    await etcd.kill()
    await until(() => follower.set?.stale === true, 'it is stale', PATIENCE_MS)
    assert.deepEqual(follower.ids, ['a'])
    const get = async (path: string) => (await fetch(`http://${front.authority}${path}`)).json()
    assert.equal(((await get('/api/v1/services/users')) as InstanceSet).stale, true)
    assert.equal(((await get('/api/v1/status')) as { backend: { reached: boolean } }).backend.reached, false)
    await etcd.restart({ empty: false })
    await until(() => follower.set?.stale === false, 'it is current again', PATIENCE_MS)
    assert.ok(follower.sets.every(({ instances }, at) => at === 0 || instances.length > 0 || !follower.sets[at - 1]))
    await registry.register(instanceOf('b'), { ttlMs: 600_000 })
    await until(() => follower.ids?.join() === 'a,b', 'changes are shown again', PATIENCE_MS)
  })

  it('hand over what they hold when they stop, so that nobody sees it go', async t => {
    const { url, registry } = await etcdOf(t)
    const [one, other] = await Promise.all([FrontProcess.start(t, url), FrontProcess.start(t, url)])
    const site = await SiteProcess.start({
      url: `ropewalk://${one.authority},${other.authority}`,
      id: 'a',
      ttlMs: 15_000,
    })
    t.after(() => site[Symbol.asyncDispose]())
    const behind = new WatchFollower(registry, 'users')
    t.after(() => behind.stop())
    await until(() => behind.ids?.join() === 'a', 'it is registered', PATIENCE_MS)
    const shown = behind.sets.length
    await one.stop()
    assert.equal(await other.held(), 1)
    assert.ok(
      behind.sets.slice(shown).every(({ instances }) => instances.length === 1),
      'it was always there',
    )
  })

  it('take over from one that is killed, without a call that fails', async t => {
    const { url, registry } = await etcdOf(t)
    const [one, other] = await Promise.all([FrontProcess.start(t, url), FrontProcess.start(t, url)])
    const both = `ropewalk://${one.authority},${other.authority}`
    for (const id of ['a', 'b']) {
      const site = await SiteProcess.start({ url: both, id, ttlMs: 15_000 })
      t.after(() => site[Symbol.asyncDispose]())
    }
    const behind = new WatchFollower(registry, 'users')
    t.after(() => behind.stop())
    await until(() => behind.ids?.join() === 'a,b', 'both are registered', PATIENCE_MS)
    const calling = await openRegistry(both)
    t.after(() => calling.close())
    const resolver = new Resolver({ registry: calling, serviceName: 'users' })
    t.after(() => resolver.stop())
    await resolver.start()
    const client = new Client({ registry: calling })
    t.after(() => client.stop())
    const callers = new Callers(client)
    t.after(() => callers.stop())
    await until(() => callers.succeeded > 100, 'calls are made', PATIENCE_MS)
    const shown = behind.sets.length
    await one.kill()
    await until(async () => (await other.held()) === 2, 'the other front holds both', PATIENCE_MS)
    const succeeded = callers.succeeded
    await until(() => callers.succeeded > succeeded + 200, 'calls are made', PATIENCE_MS)
    await callers.stop()
    assert.deepEqual(callers.failures, [])
    assert.ok(
      behind.sets.slice(shown).every(({ instances }) => instances.length === 2),
      'both were always there',
    )
    t.diagnostic(`${callers.succeeded} calls, none failed, while the front was killed that held both instances`)
  })
})
