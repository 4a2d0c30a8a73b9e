import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StaticRegistry } from '../../../src/adapters/static/index.ts'

describe('StaticRegistry', () => {
  it('has what it was given, current, and knows of nothing else', async () => {
    const registry = new StaticRegistry({ services: { users: ['127.0.0.1:80'], orders: [] } })
    const first = async (name: string) => (await registry.watch(name).next()).value
    assert.deepEqual(
      (await first('users'))?.instances.map(({ endpoints }) => endpoints[0]),
      ['tcp://127.0.0.1:80'],
    )
    const other = await first('other')
    assert.deepEqual([other?.known, other?.settled, other?.stale], [false, true, false])
    assert.deepEqual((await registry.services().next()).value?.names, ['orders', 'users'])
    await registry.close()
    await assert.rejects(first('users'), { code: 'ERR_REGISTRY_CLOSED' })
  })

  it('refuses a list that is none, and to register', async () => {
    assert.throws(() => new StaticRegistry({ services: { users: ['x'] } }), { code: 'ERR_INVALID_INSTANCE_LIST' })
    const { instances } = (await new StaticRegistry({ services: { users: ['h:1'] } }).watch('users').next()).value!
    await assert.rejects(new StaticRegistry({ services: {} }).register(instances[0]!), {
      code: 'ERR_REGISTRY_READ_ONLY',
    })
  })
})
