import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { create, CREATOR_ACL, exists, OPEN_ACL, remove } from '../../../src/adapters/zookeeper/operations.ts'
import { observe, type RopewalkEvent } from '../../../src/core/event.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { missingEngine, startZooKeeper } from '../../engines/engines.ts'
import { clientTo } from './client-to.ts'
import { call, engineTo, instance } from './engine-to.ts'
import { until } from './until.ts'

const byText = (one: string, other: string) => (one < other ? -1 : 1)

describe('ZookeeperEngine', { skip: missingEngine('zookeeper') }, () => {
  let zooKeeper: Awaited<ReturnType<typeof startZooKeeper>>
  let port = 0

  before(async () => {
    zooKeeper = await startZooKeeper()
    port = zooKeeper.ports.client
  })
  after(() => zooKeeper.stop())

  it('tells of a service before anything is there, and then of its first instance in one step', async () => {
    await using one = engineTo(port)
    const sets = one.engine.follow('first', call)
    const { value: none } = await sets.next()
    assert.deepEqual([none?.known, none?.instances], [false, []])
    const next = sets.next()
    const claim = one.engine.claim({ serviceName: 'first', id: 'a' })
    const revision = await claim.take(instance('first', 'a'), { ...call, ttlMs: 15_000 })
    const { value: some } = await next
    assert.deepEqual([some?.known, some?.instances, some?.revision], [true, [instance('first', 'a')], revision])
    assert.ok(none!.revision < revision)
    assert.equal(some?.epoch, none?.epoch)
  })

  it('leaves out a node that it cannot read, for want of rights or of sense, and tells of it', async () => {
    await using one = engineTo(port)
    await one.engine.claim({ serviceName: 'mixed', id: 'a' }).take(instance('mixed', 'a'), { ...call, ttlMs: 15_000 })
    await using other = clientTo([port], { credentials: { user: 'other', password: 'pw' } })
    const link = await other.client.link()
    const data = Buffer.from('not JSON')
    await link.request(create({ path: '/services/mixed/secret', data, acl: CREATOR_ACL, mode: 'session' }))
    await link.request(create({ path: '/services/mixed/garbage', data, acl: OPEN_ACL, mode: 'session' }))
    const events: RopewalkEvent[] = []
    const stop = observe('registry', event => events.push(event))
    const { value: set } = await one.engine.follow('mixed', call).next()
    stop()
    assert.deepEqual(
      set?.instances.map(({ id }) => id),
      ['a'],
    )
    const unreadable = events.filter(({ event }) => event === 'registry.unreadable')
    assert.deepEqual(unreadable.map(({ path }) => String(path)).toSorted(byText), [
      '/services/mixed/garbage',
      '/services/mixed/secret',
    ])
  })

  it('throws RegistryUnavailableError when its connection is lost, and has missed nothing when it is asked again', async () => {
    await using relay = await TcpRelay.listen({ port })
    await using one = engineTo(relay.port)
    await using other = engineTo(port)
    const sets = one.engine.follow('cut', call)
    await sets.next()
    const lost = assert.rejects(sets.next(), { code: 'ERR_REGISTRY_UNAVAILABLE' })
    relay.refuse()
    await lost
    await other.engine.claim({ serviceName: 'cut', id: 'a' }).take(instance('cut', 'a'), { ...call, ttlMs: 15_000 })
    relay.heal()
    await until(async () => {
      const { value: set } = await one.engine.follow('cut', call).next()
      return set?.instances.length === 1
    }, 'the instance is there')
  })

  it('names the data anew when its session has ended, since what lived by others may be about to come back', async () => {
    await using relay = await TcpRelay.listen({ port })
    await using one = engineTo(relay.port, { sessionMs: 1_500 })
    const { value: earlier } = await one.engine.follow('named', call).next()
    await one.engine.claim({ serviceName: 'named', id: 'a' }).take(instance('named', 'a'), { ...call, ttlMs: 15_000 })
    const { session } = await one.client.link()
    await using other = engineTo(port)
    const link = await other.client.link()
    relay.refuse()
    const path = one.layout.instance('named', 'a')
    await until(async () => (await link.request(exists(path))).result === undefined, 'the session has ended')
    relay.heal()
    await until(() => session.expired.aborted, 'the client knows')
    const { value: later } = await one.engine.follow('named', call).next()
    assert.notEqual(later?.epoch, earlier?.epoch)
    assert.equal(later?.epoch.split('/')[0], earlier?.epoch.split('/')[0])
  })

  it('names other data otherwise', async () => {
    await using one = engineTo(port)
    const { value: earlier } = await one.engine.follow('other', call).next()
    const link = await one.client.link()
    await link.request(remove(one.layout.epoch))
    await using two = engineTo(port)
    const { value: later } = await two.engine.follow('other', call).next()
    assert.notEqual(later?.epoch.split('/')[0], earlier?.epoch.split('/')[0])
  })

  it('tells the names of services, those of Java programs too, without what can be none', async () => {
    await using one = engineTo(port)
    const names = one.engine.followNames(call)
    await names.next()
    const link = await one.client.link()
    const node = { data: Buffer.alloc(0), acl: OPEN_ACL, mode: 'container' as const }
    await link.request(create({ ...node, path: '/services/of-java' }))
    await link.request(create({ ...node, path: `/services/${'x'.repeat(300)}` }))
    await until(async () => ((await names.next()).value?.names ?? []).includes('of-java'), 'the name is there')
    const { value } = await one.engine.followNames(call).next()
    assert.deepEqual(
      value?.names.filter(name => name.length > 255),
      [],
    )
  })
})
