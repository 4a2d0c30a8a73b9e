import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { encodeText } from '../../../src/adapters/etcd/base64.ts'
import { EtcdClient } from '../../../src/adapters/etcd/client.ts'
import { EtcdRegistry, type EtcdRegistryOptions } from '../../../src/adapters/etcd/index.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { users } from '../../discovery/store/instances.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { missingEngine, startEtcd } from '../../engines/engines.ts'
import { until } from '../daemon/until.ts'

/* What every Registry must hold to is tried in test/conformance/etcd.test.ts. */

const skip = missingEngine('etcd')
const etcd = skip ? undefined : await startEtcd()
after(() => etcd?.stop())

function registry(stack: AsyncDisposableStack, options: EtcdRegistryOptions = {}): EtcdRegistry {
  const opened = new EtcdRegistry({
    endpoints: [`127.0.0.1:${etcd?.ports.client}`],
    requestMs: PATIENCE_MS,
    ...options,
  })
  return stack.adopt(opened, one => one.close())
}

async function keys(stack: AsyncDisposableStack, prefix: string): Promise<number> {
  const client = new EtcdClient({ origins: [`http://127.0.0.1:${etcd?.ports.client}`] })
  stack.adopt(client, one => one.close())
  const { kvs = [] } = await client.range({ key: encodeText(prefix), range_end: encodeText(`${prefix}~`) })
  return kvs.length
}

describe('EtcdRegistry', { skip }, () => {
  it('keeps everything below its prefix, apart from other prefixes', async () => {
    await using stack = new AsyncDisposableStack()
    await registry(stack, { prefix: 'here/a/' }).register(users('a'))
    const [same, other] = [registry(stack, { prefix: '/here/a' }), registry(stack, { prefix: '/here/b' })]
    const followers = [new WatchFollower(same, 'users'), new WatchFollower(other, 'users')]
    for (const follower of followers) stack.defer(() => follower.stop())
    await until(() => followers.every(({ set }) => set !== undefined), 'both have a set')
    assert.deepEqual(
      followers.map(({ ids }) => ids),
      [['a'], []],
    )
    assert.ok((await keys(stack, '/here/a/instances/')) === 1)
  })

  it('leaves no note where it is told not to', async () => {
    await using stack = new AsyncDisposableStack()
    const noting = new WatchFollower(registry(stack, { prefix: '/noting' }), 'users')
    const silent = new WatchFollower(registry(stack, { prefix: '/silent', notes: false }), 'users')
    for (const follower of [noting, silent]) stack.defer(() => follower.stop())
    await until(() => noting.set !== undefined && silent.set !== undefined, 'both have a set')
    assert.deepEqual([await keys(stack, '/noting/readers/'), await keys(stack, '/silent/readers/')], [1, 0])
  })

  it('shows an instance that somebody else has written, without a lease', async () => {
    await using stack = new AsyncDisposableStack()
    const client = stack.adopt(new EtcdClient({ origins: [`http://127.0.0.1:${etcd?.ports.client}`] }), one =>
      one.close(),
    )
    const value = encodeText('{"endpoints":["tcp://10.0.0.9:80"],"startedAt":1}')
    const key = encodeText('/foreign/instances/users/by-hand')
    await client.txn({ success: [{ request_put: { key, value } }] })
    const follower = new WatchFollower(registry(stack, { prefix: '/foreign' }), 'users')
    stack.defer(() => follower.stop())
    await until(() => follower.ids?.length === 1, 'it is shown')
    assert.deepEqual(follower.set?.instances[0]?.endpoints, ['tcp://10.0.0.9:80'])
  })
})
