import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ZookeeperRegistry } from '../../../src/adapters/zookeeper/index.ts'
import { remove } from '../../../src/adapters/zookeeper/operations.ts'
import { observe } from '../../../src/core/event.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { clientTo } from '../../adapters/zookeeper/client-to.ts'
import { instance } from '../../adapters/zookeeper/engine-to.ts'
import { until } from '../../adapters/zookeeper/until.ts'
import { missingEngine, startZooKeeper } from '../../engines/engines.ts'

const credentials = { user: 'ada', password: 'secret' }

describe('ZooKeeper with access lists', { skip: missingEngine('zookeeper') }, () => {
  it('tells a process with the wrong password what it may not do, leaves the others alone, and goes on when it may', async () => {
    await using stack = new AsyncDisposableStack()
    const zooKeeper = stack.use(await startZooKeeper())
    const port = zooKeeper.ports.client
    const open = (options: { user?: string; password?: string; acl?: 'world' }) =>
      stack.adopt(new ZookeeperRegistry({ servers: [{ host: '127.0.0.1', port }], ...options }), one => one.close())
    const right = open(credentials)
    const lease = await right.register(instance('users', 'a'))
    const wrong = open({ ...credentials, password: 'wrong' })
    const said: string[] = []
    stack.defer(observe('registry', ({ message, error }) => said.push(`${message} ${String(error)}`)))
    await assert.rejects(wrong.register(instance('users', 'b')), { code: 'ERR_ZOOKEEPER_ACCESS' })
    const follower = new WatchFollower(wrong, 'users')
    stack.defer(() => follower.stop())
    await until(
      () => said.some(text => text.includes('ERR_ZOOKEEPER_ACCESS') || text.includes('AccessError')),
      'it says why',
    )
    assert.equal(follower.set, undefined)
    assert.doesNotMatch(said.join(), /secret|wrong/)
    await lease.revoke()
    const admin = stack.use(clientTo([port], { credentials }))
    const link = await admin.client.link()
    await link.request(remove('/services/users'))
    await link.request(remove('/services'))
    const everybody = open({ ...credentials, acl: 'world' })
    await everybody.register(instance('users', 'c'))
    await until(() => String(follower.ids) === 'c', 'it sees what it may see')
  })
})
