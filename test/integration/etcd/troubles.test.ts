import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeText } from '../../../src/adapters/etcd/base64.ts'
import { EtcdClient } from '../../../src/adapters/etcd/client.ts'
import { EtcdRegistry, type EtcdRegistryOptions } from '../../../src/adapters/etcd/index.ts'
import { observe } from '../../../src/core/event.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { users } from '../../discovery/store/instances.ts'
import { until } from '../../adapters/daemon/until.ts'
import { missingEngine, startEtcd } from '../../engines/engines.ts'
import { BadDay } from '../engines/bad-day.ts'
import { etcdTrial, serverOf } from './etcd-trial.ts'

const KEY = encodeText('/filler')

function client(stack: AsyncDisposableStack, port: number): EtcdClient {
  return stack.adopt(new EtcdClient({ origins: [`http://127.0.0.1:${port}`] }), opened => opened.close())
}

async function write(opened: EtcdClient, bytes: number): Promise<number> {
  const value = encodeText('x'.repeat(bytes))
  const { header } = await opened.txn({ success: [{ request_put: { key: KEY, value } }] })
  return Number(header.revision)
}

describe('etcd in trouble', { skip: missingEngine('etcd') }, () => {
  it('with a full database costs no call, keeps and renews what is registered, and tells whoever registers', async context => {
    await using stack = new AsyncDisposableStack()
    const etcd = await startEtcd({ args: ['--quota-backend-bytes=3000000'] })
    const day = stack.use(await BadDay.start({ ...etcdTrial, start: async () => serverOf(etcd) }))
    const opened = client(stack, etcd.ports.client)
    const fill = async () => {
      for (let at = 0; at < 1_000; at++) await write(opened, 100_000)
    }
    await assert.rejects(fill(), { code: 'ERR_ETCD_SPACE' })
    const { registry } = day
    const instance = { ...day.resolver.instances[0]!, id: 'late' }
    await assert.rejects(registry.register(instance), { code: 'ERR_ETCD_SPACE' })
    await new Promise(resolve => setTimeout(resolve, 2 * etcdTrial.ttlMs))
    assert.equal(day.ids, 'a,b')
    const { header } = await opened.range({ key: KEY })
    await opened.call('/v3/kv/compaction', { revision: header?.revision, physical: true })
    await opened.call('/v3/maintenance/defragment', {})
    const { alarms } = await opened.call<{ alarms: readonly object[] }>('/v3/maintenance/alarm', { action: 'GET' })
    for (const alarm of alarms) await opened.call('/v3/maintenance/alarm', { action: 'DEACTIVATE', ...alarm })
    await day.work(context)
    await day.recover(context, () => {})
  })

  it('compacted under open watches that were cut off meanwhile misses nothing', async () => {
    await using stack = new AsyncDisposableStack()
    const etcd = stack.use(await startEtcd())
    const relay = stack.use(await TcpRelay.listen({ port: etcd.ports.client }))
    const open = (port: number, options: EtcdRegistryOptions = {}) =>
      stack.adopt(new EtcdRegistry({ endpoints: [`127.0.0.1:${port}`], ...options }), one => one.close())
    const writer = open(etcd.ports.client)
    const follower = new WatchFollower(open(relay.port), 'users')
    stack.defer(() => follower.stop())
    const leases = await Promise.all(['a', 'b', 'c'].map(id => writer.register(users(id))))
    await until(() => String(follower.ids) === 'a,b,c', 'all are seen')
    const opened = client(stack, etcd.ports.client)
    for (let round = 0; round < 5; round++) {
      relay.refuse()
      await until(() => follower.set?.stale === true, 'it is stale')
      await leases[0]?.update({ weight: round + 2 })
      const revision = await write(opened, 1)
      await opened.call('/v3/kv/compaction', { revision: `${revision}` })
      relay.heal()
      await until(() => follower.set?.instances[0]?.weight === round + 2, 'the change is seen')
      const compacted = await write(opened, 1)
      await opened.call('/v3/kv/compaction', { revision: `${compacted}` })
    }
    await leases[1]?.revoke()
    await until(() => String(follower.ids) === 'a,c', 'what comes after it is seen too')
    const revisions = follower.sets.map(set => set.revision)
    assert.deepEqual(
      revisions,
      revisions.toSorted((one, other) => one - other),
    )
  })

  it('that does not know the password any more leaves callers what they knew, says why, and goes on when it does again', async () => {
    await using stack = new AsyncDisposableStack()
    const etcd = stack.use(await startEtcd())
    const opened = client(stack, etcd.ports.client)
    await opened.call('/v3/auth/user/add', { name: 'root', password: 'secret' })
    await opened.call('/v3/auth/user/grant', { user: 'root', role: 'root' })
    await opened.call('/v3/auth/enable', {})
    const user = { name: 'root', password: 'secret' }
    const options = { endpoints: [`127.0.0.1:${etcd.ports.client}`], user }
    const registry = stack.adopt(new EtcdRegistry(options), one => one.close())
    const admin = stack.adopt(new EtcdClient({ origins: [`http://127.0.0.1:${etcd.ports.client}`], user }), one =>
      one.close(),
    )
    await registry.register(users('a'), { ttlMs: 60_000 })
    const follower = new WatchFollower(registry, 'users')
    stack.defer(() => follower.stop())
    await until(() => String(follower.ids) === 'a', 'it is seen')
    const said: unknown[] = []
    stack.defer(observe('registry', ({ error }) => said.push(error)))
    await admin.call('/v3/auth/user/changepw', { name: 'root', password: 'other' })
    await etcd.restart()
    await until(() => follower.set?.stale === true, 'it is stale')
    await assert.rejects(registry.register(users('b')), { code: 'ERR_ETCD_ACCESS' })
    assert.deepEqual(follower.ids, ['a'])
    assert.doesNotMatch(said.map(String).join(), /secret/)
    const other = stack.adopt(
      new EtcdClient({ origins: [`http://127.0.0.1:${etcd.ports.client}`], user: { name: 'root', password: 'other' } }),
      one => one.close(),
    )
    await other.call('/v3/auth/user/changepw', { name: 'root', password: 'secret' })
    await until(() => follower.set?.stale === false, 'it is current again')
    assert.deepEqual(follower.ids, ['a'])
  })
})
