import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { exists, remove, setData } from '../../../src/adapters/zookeeper/operations.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { missingEngine, startZooKeeper } from '../../engines/engines.ts'
import { call, engineTo, instance } from './engine-to.ts'
import { until } from './until.ts'

const taking = { ...call, ttlMs: 15_000 }
const key = (id: string) => ({ serviceName: 'claims', id })

describe('ZookeeperClaim', { skip: missingEngine('zookeeper') }, () => {
  let zooKeeper: Awaited<ReturnType<typeof startZooKeeper>>
  let port = 0

  before(async () => {
    zooKeeper = await startZooKeeper()
    port = zooKeeper.ports.client
  })
  after(() => zooKeeper.stop())

  it('resolves with the transaction of each write, and takes what it has already for a write', async () => {
    await using one = engineTo(port)
    const claim = one.engine.claim(key('written'))
    const path = one.layout.instance('claims', 'written')
    const revisions = [
      await claim.take(instance('claims', 'written'), taking),
      await claim.write(instance('claims', 'written', { weight: 2 }), call),
      await claim.take(instance('claims', 'written', { weight: 3 }), taking),
    ]
    const { result: stat } = await (await one.client.link()).request(exists(path))
    assert.deepEqual([stat?.createdAt, stat?.writtenAt, stat?.version], [revisions[0], revisions[2], 2])
  })

  it('knows when its node is gone or is another one, and touches it no more', async () => {
    await using one = engineTo(port)
    const claim = one.engine.claim(key('replaced'))
    await claim.take(instance('claims', 'replaced'), taking)
    const link = await one.client.link()
    await link.request(remove(one.layout.instance('claims', 'replaced')))
    await assert.rejects(claim.renew(call), { code: 'ERR_LEASE_LOST' })
    const successor = one.engine.claim(key('replaced'))
    await successor.take(instance('claims', 'replaced'), taking)
    await assert.rejects(claim.renew(call), { code: 'ERR_LEASE_LOST' })
    await assert.rejects(claim.write(instance('claims', 'replaced'), call), { code: 'ERR_LEASE_LOST' })
    await claim.revoke(call)
    await successor.renew(call)
  })

  it('takes over what another process holds on behalf of the same holder, in one transaction', async () => {
    await using one = engineTo(port)
    await using other = engineTo(port)
    const [former, latter] = [one, other].map(({ engine }) => engine.claim(key('shared')))
    await former?.take(instance('claims', 'shared'), { ...taking, holder: 'somebody' })
    const refused = other.engine.claim(key('shared')).take(instance('claims', 'shared'), { ...taking, holder: 'else' })
    await assert.rejects(refused, { code: 'ERR_INSTANCE_CONFLICT' })
    const revision = await latter?.take(instance('claims', 'shared'), { ...taking, holder: 'somebody' })
    const path = other.layout.instance('claims', 'shared')
    const { result: stat } = await (await other.client.link()).request(exists(path))
    assert.deepEqual([stat?.createdAt, stat?.version], [revision, 0])
    await assert.rejects(former?.renew(call) ?? Promise.resolve(), { code: 'ERR_LEASE_LOST' })
    await former?.revoke(call)
    await latter?.renew(call)
  })

  it('writes over what somebody else wrote into its node, and removes that too', async () => {
    await using one = engineTo(port)
    const claim = one.engine.claim(key('overwritten'))
    await claim.take(instance('claims', 'overwritten'), taking)
    const link = await one.client.link()
    const path = one.layout.instance('claims', 'overwritten')
    await link.request(setData(path, Buffer.from('not ours'), -1))
    await claim.write(instance('claims', 'overwritten'), call)
    await link.request(setData(path, Buffer.from('not ours'), -1))
    await claim.revoke(call)
    assert.equal((await link.request(exists(path))).result, undefined)
  })

  it('revokes a node of which it never heard that it was created', async () => {
    await using relay = await TcpRelay.listen({ port })
    await using one = engineTo(relay.port)
    await one.client.link()
    relay.delayMs = 1_000
    const claim = one.engine.claim(key('unheard'))
    const unheard = assert.rejects(claim.take(instance('claims', 'unheard'), taking), {
      code: 'ERR_REGISTRY_UNAVAILABLE',
    })
    const path = one.layout.instance('claims', 'unheard')
    await using other = engineTo(port)
    const link = await other.client.link()
    await until(async () => (await link.request(exists(path))).result !== undefined, 'the node is there')
    relay.cut()
    await unheard
    relay.heal()
    await until(async () => claim.revoke(call).then(() => true), 'it is revoked')
    assert.equal((await link.request(exists(path))).result, undefined)
  })

  it('is lost at once when the session is, and then revokes nothing', async () => {
    await using relay = await TcpRelay.listen({ port })
    await using one = engineTo(relay.port, { sessionMs: 1_500 })
    const claim = one.engine.claim(key('expired'))
    await claim.take(instance('claims', 'expired'), taking)
    await using other = engineTo(port)
    const link = await other.client.link()
    relay.refuse()
    const path = one.layout.instance('claims', 'expired')
    await until(async () => (await link.request(exists(path))).result === undefined, 'the session has ended')
    relay.heal()
    await until(() => claim.lost.aborted, 'it is lost')
    assert.equal(claim.lost.reason.code, 'ERR_LEASE_LOST')
    assert.equal(claim.lost.reason.cause.code, 'ERR_ZOOKEEPER_SESSION_EXPIRED')
    await claim.revoke(call)
  })
})
