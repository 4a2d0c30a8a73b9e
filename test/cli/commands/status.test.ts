import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectTo, instanceOf, ropewalk, startRegistry, Shared } from '../ropewalk.ts'

describe('ropewalk status', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  before(async () => (url = await startRegistry(shared)))

  it('tells programs all there is to tell', async t => {
    await connectTo(t, url).register(instanceOf('users', 'u1'))
    const { status, stdout } = await ropewalk('status', '--registry', url)
    const { services, instances, preservation } = JSON.parse(stdout)
    assert.deepEqual([status, services, instances], [0, 1, 1])
    assert.deepEqual(preservation, { share: 0.15, leases: 1, missing: 0, kept: 0, lapsed: 0 })
  })

  it('tells people, with the share of leases that may be missing', async t => {
    await connectTo(t, url).register(instanceOf('orders', 'o1'))
    const { stdout } = await ropewalk('status', '--registry', url, '--table')
    assert.match(stdout, /^instances +\d+$/m)
    assert.match(stdout, /^preserving +no: \d+ of \d+ leases missing, the limit is 15 %$/m)
  })

  it('needs a registry daemon', async () => {
    const { status, stderr } = await ropewalk('status', '--registry', 'memory:')
    assert.equal(status, 64)
    assert.match(stderr, /memory: is no registry daemon/)
  })
})
