import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectTo, instanceOf, ropewalk, startRegistry, Shared } from '../ropewalk.ts'

describe('ropewalk resolve', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  before(async () => {
    url = await startRegistry(shared)
    const registry = connectTo(shared, url)
    await registry.register(instanceOf('users', 'u1', { endpoints: ['tcp://127.0.0.1:1', 'unix:/run/u1'] }))
    await registry.register(instanceOf('users', 'u2', { endpoints: ['tcp://127.0.0.1:2'] }))
    const leases = [registry.register(instanceOf('users', 'u3')), registry.register(instanceOf('orders', 'o1'))]
    for (const lease of leases) await (await lease).drain({ drainMs: 1 })
  })

  it('prints the preferred endpoint of each instance that takes work', async () => {
    const { stdout } = await ropewalk('resolve', 'users', '--registry', url, '--table')
    assert.equal(stdout, 'tcp://127.0.0.1:1\ntcp://127.0.0.1:2\n')
  })

  it('prints host and port for other programs', async () => {
    const { stdout } = await ropewalk('resolve', 'users', '--registry', url, '--host-port')
    assert.equal(stdout, '127.0.0.1:1\n127.0.0.1:2\n')
  })

  it('picks one when asked', async () => {
    const { stdout } = await ropewalk('resolve', 'users', '--registry', url, '--one')
    const resolved = JSON.parse(stdout)
    assert.equal(resolved.length, 1)
    assert.ok(['u1', 'u2'].includes(resolved[0].id))
  })

  it('ends with 69 when no instance takes work', async () => {
    const { status, stderr } = await ropewalk('resolve', 'orders', '--registry', url)
    assert.equal(status, 69)
    assert.match(stderr, /No instance of "orders" takes new work just now: it has 1, all draining/)
  })
})
