import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { poll } from '../poll.ts'
import { connectTo, instanceOf, start, startRegistry, Shared } from '../ropewalk.ts'

describe('ropewalk watch', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  before(async () => (url = await startRegistry(shared)))

  it('prints the set, then what changes, until interrupted', async t => {
    const registry = connectTo(t, url)
    const lease = await registry.register(instanceOf('users', 'u1'))
    const watching = start(t, ['watch', 'users', '--registry', url, '--table'])
    await poll(() => watching.lines.length === 2)
    await lease.update({ weight: 7 })
    await poll(() => watching.lines.length === 3)
    await lease.revoke()
    await poll(() => watching.lines.length === 4)
    watching.kill('SIGINT')
    const { status, stdout, stderr } = await watching.ended()
    assert.deepEqual([status, stderr], [130, ''])
    assert.match(stdout, /users: 1 instances\n.*\+ u1 .*\n.*~ u1 weight 1 → 7.*\n.*- u1.*\n$/)
  })

  it('prints whole sets as lines of JSON', async t => {
    const registry = connectTo(t, url)
    const watching = start(t, ['watch', 'orders', '--registry', url])
    await poll(() => watching.lines.length === 1)
    await registry.register(instanceOf('orders', 'o1'))
    await poll(() => watching.lines.length === 2)
    const counts = watching.lines.map(line => JSON.parse(line).instances.length)
    assert.deepEqual(counts, [0, 1])
  })
})
