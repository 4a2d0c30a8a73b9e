import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KnownSets } from '../../../src/discovery/read-only/known-sets.ts'
import { ReadOnlyRegistry } from '../../../src/discovery/read-only/read-only-registry.ts'
import { users } from '../store/instances.ts'

const source = { async watched() {}, async close() {} }

function registry(sets = new KnownSets()) {
  return { sets, registry: new ReadOnlyRegistry({ url: 'list:', advice: 'ask Ada', sets, source }) }
}

describe('ReadOnlyRegistry', () => {
  it('refuses to register, with what to do', async () => {
    await assert.rejects(registry().registry.register(users('a')), {
      code: 'ERR_REGISTRY_READ_ONLY',
      message: /"a" cannot be registered with list:.*ask Ada/,
    })
  })

  it('yields nothing before anything is known, and one service of many when that is told alone', async () => {
    const { sets, registry: read } = registry()
    const watch = read.watch('users')
    const first = watch.next()
    sets.replace('orders', [], { known: true })
    sets.replace('users', [users('a')], { known: true })
    assert.deepEqual((await first).value?.instances, [users('a')])
    const next = watch.next()
    sets.lose('orders')
    sets.replace('users', [users('a')], { known: true })
    sets.lose('users')
    const stale = (await next).value
    assert.deepEqual([stale?.stale, stale?.revision], [true, 2])
    assert.deepEqual((await read.services().next()).value?.names, ['orders', 'users'])
    await read.close()
  })
})
