import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { connectTo, instanceOf, ropewalk, startRegistry, Shared } from '../ropewalk.ts'

describe('ropewalk instances', () => {
  const shared = new Shared()
  after(() => shared.undo())
  let url: string
  before(async () => {
    url = await startRegistry(shared)
    const registry = connectTo(shared, url)
    await registry.register(instanceOf('users', 'u1', { tags: ['blue', 'new'], weight: 5 }))
    await registry.register(instanceOf('users', 'u2'))
    const gone = await registry.register(instanceOf('orders', 'o1'))
    await gone.revoke()
  })

  it('prints the whole set as JSON', async () => {
    const { status, stdout } = await ropewalk('instances', 'users', '--registry', url)
    const { serviceName, known, instances } = JSON.parse(stdout)
    assert.deepEqual([status, serviceName, known], [0, 'users', true])
    assert.deepEqual(
      instances.map(({ id }: { id: string }) => id),
      ['u1', 'u2'],
    )
  })

  it('prints a table with the columns that say something', async () => {
    const { stdout } = await ropewalk('instances', 'users', '--registry', url, '--table')
    assert.match(stdout, /ID +STATUS +ENDPOINTS +UP +WEIGHT +TAGS/)
    assert.match(stdout, /u1 +ready +tcp:\/\/127\.0\.0\.1:9 +\d+s +5 +blue,new\n/)
    assert.doesNotMatch(stdout, /ZONE/)
  })

  it('tells a service without instances, which is no error, from one that was never known, which is 68', async () => {
    const empty = await ropewalk('instances', 'orders', '--registry', url, '--table')
    assert.deepEqual([empty.status, empty.stdout], [0, 'No instance of "orders" is registered just now.\n'])
    const unknown = await ropewalk('instances', 'usres', '--registry', url)
    assert.equal(unknown.status, 68)
    assert.match(unknown.stderr, /never known a service "usres"\. Did you mean "users"\?/)
  })
})
