import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectTo, instanceOf, ropewalk, startRegistry, Shared } from '../ropewalk.ts'

describe('ropewalk services', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  before(async () => {
    url = await startRegistry(shared)
    const registry = connectTo(shared, url)
    await registry.register(instanceOf('users', 'u1'))
    await registry.register(instanceOf('users', 'u2'))
    const lease = await registry.register(instanceOf('orders', 'o1'))
    await lease.drain({ drainMs: 1 })
  })

  it('lists every service with its instances counted by status, as JSON when not on a terminal', async () => {
    const { status, stdout } = await ropewalk('services', '--registry', url)
    assert.equal(status, 0)
    assert.deepEqual(JSON.parse(stdout), [
      { serviceName: 'orders', instances: 1, statuses: { draining: 1 } },
      { serviceName: 'users', instances: 2, statuses: { ready: 2 } },
    ])
  })

  it('lists them in a table for people', async () => {
    const { stdout } = await ropewalk('--registry', url, 'services', '--table')
    assert.match(stdout, /SERVICE +INSTANCES +STATUS.*\norders +1 +1 draining\nusers +2 +2 ready\n$/)
  })

  it('ends with 75 when the registry cannot be reached in time, and says why', async () => {
    const { status, stderr } = await ropewalk('services', '--registry', 'ropewalk://127.0.0.1:1', '--timeout', '3s')
    assert.equal(status, 75)
    assert.match(stderr, /ropewalk:\/\/127\.0\.0\.1:1 cannot be reached.*\n +because: .*ECONNREFUSED/)
  })
})
