import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openRegistry } from '../../../src/cli/open-registry.ts'
import { freePort } from '../../../src/cli/up/free-port.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { poll } from '../../cli/poll.ts'
import { connectTo, instanceOf, start } from '../../cli/ropewalk.ts'

describe('DNS as a registry', () => {
  it('finds by a registry daemon what is registered there, and that it is gone', async t => {
    const port = await freePort()
    const daemon = start(t, [
      'registry',
      '--listen',
      'tcp:0:interface=127.0.0.1',
      '--dns',
      `tcp:${port}:interface=127.0.0.1`,
    ])
    await poll(() => daemon.lines.length > 0)
    const lease = await connectTo(t, daemon.lines[0]!).register(instanceOf('users', 'u1'), { ttlMs: 600_000 })
    await using registry = await openRegistry(`dns://127.0.0.1:${port}/service.ropewalk?ttl-min=20ms`)
    const follower = new WatchFollower(registry, 'users')
    t.after(() => follower.stop())
    await poll(() => follower.ids?.length === 1, PATIENCE_MS)
    assert.deepEqual(follower.set?.instances[0]?.endpoints, ['tcp://127.0.0.1:9'])
    await lease.revoke()
    await poll(() => follower.ids?.length === 0, PATIENCE_MS)
    assert.equal(follower.set?.stale, false)
  })
})
