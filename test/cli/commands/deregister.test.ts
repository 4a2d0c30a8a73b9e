import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectTo, instanceOf, ropewalk, startRegistry, Shared } from '../ropewalk.ts'
import { first } from '../../../src/cli/registry-access.ts'

describe('ropewalk deregister', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  before(async () => (url = await startRegistry(shared)))

  it('takes the instance out, and its holder hears of it', async t => {
    const registry = connectTo(t, url)
    const lease = await registry.register(instanceOf('users', 'u1'))
    const { status, stdout } = await ropewalk('deregister', 'u1', '--registry', url)
    assert.deepEqual([status, JSON.parse(stdout)], [0, { id: 'u1', deregistered: true }])
    assert.deepEqual((await first(registry.watch('users'))).instances, [])
    assert.equal(lease.lost.aborted, true)
  })

  it('ends with 68 when there is no such instance', async () => {
    const { status, stderr } = await ropewalk('deregister', 'nobody', '--registry', url)
    assert.equal(status, 68)
    assert.match(stderr, /nobody/)
  })
})
