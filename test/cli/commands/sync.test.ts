import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { poll } from '../poll.ts'
import { connectTo, instanceOf, start, startRegistry } from '../ropewalk.ts'

describe('ropewalk sync', () => {
  it('keeps the services that begin so in the other registry, from URLs in the environment, until it is told to end', async t => {
    const urls = [await startRegistry(t), await startRegistry(t)] as const
    const [from, to] = [connectTo(t, urls[0]), connectTo(t, urls[1])]
    await from.register(instanceOf('users', 'u1'), { ttlMs: 600_000 })
    await from.register(instanceOf('orders', 'o1'), { ttlMs: 600_000 })
    const followers = ['users', 'orders'].map(name => new WatchFollower(to, name))
    const environment = { OLD: urls[0], NEW: urls[1] }
    const syncing = start(t, ['sync', 'env:OLD', 'env:NEW', '--service', 'us'], { environment })
    await poll(() => followers[0]?.ids?.length === 1)
    assert.deepEqual(followers[1]?.ids, [])
    const { status } = await syncing.stop()
    assert.equal(status, 0)
    await poll(() => followers[0]?.ids?.length === 0)
    for (const follower of followers) follower.stop()
  })

  it('says what is wrong with a URL, and ends', async t => {
    const syncing = start(t, ['sync', 'ropewalk://127.0.0.1:1', 'gopher://ada:s3cret@h'])
    const { status, stderr } = await syncing.ended()
    assert.equal(status, 64)
    assert.match(stderr, /gopher: is not known/)
    assert.doesNotMatch(stderr, /s3cret/)
  })
})
