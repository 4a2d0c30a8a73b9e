import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  InstanceConflictError,
  InvalidInstanceError,
  LeaseLostError,
  RegistryClosedError,
} from '../../src/discovery/errors.ts'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { users } from './store/instances.ts'

function registryWithClock() {
  const clock = new FakeClock()
  const store = new Store({ clock })
  return { clock, store, registry: new MemoryRegistry({ store }), other: new MemoryRegistry({ store }) }
}

describe('MemoryRegistry', () => {
  it('shows what is registered to whoever watches, and that it is gone', async () => {
    const { registry, other } = registryWithClock()
    const sets = other.watch('users')
    assert.deepEqual((await sets.next()).value?.instances, [])
    const lease = await registry.register(users('a'))
    assert.deepEqual((await sets.next()).value?.instances, [users('a')])
    await lease.revoke()
    assert.deepEqual((await sets.next()).value?.instances, [])
    await sets.return()
  })

  it('lets a lease lapse alone that is not renewed, and says so by its signal', async () => {
    const { clock, registry, store } = registryWithClock()
    const [kept, left] = [
      await registry.register(users('a'), { ttlMs: 1_000 }),
      await registry.register(users('b'), { ttlMs: 1_000 }),
    ]
    await clock.advance(900)
    await kept.renew()
    await clock.advance(900)
    assert.deepEqual(
      store.rosters.set('users').instances.map(({ id }) => id),
      ['a'],
    )
    assert.deepEqual([kept.lost.aborted, left.lost.aborted], [false, true])
    assert.ok(left.lost.reason instanceof LeaseLostError)
    await assert.rejects(left.renew(), LeaseLostError)
  })

  it('refuses a second writer of one id, and takes the same writer again', async () => {
    const { registry, other } = registryWithClock()
    const lease = await registry.register(users('a'))
    await assert.rejects(other.register(users('a')), InstanceConflictError)
    const again = await registry.register(users('a', { weight: 3 }), { ttlMs: 2_000 })
    assert.deepEqual([again.instance.weight, again.ttlMs, lease.lost.aborted], [3, 2_000, false])
  })

  it('refuses what is not an Instance', async () => {
    const { registry } = registryWithClock()
    await assert.rejects(registry.register({ ...users('a'), endpoints: [] }), InvalidInstanceError)
    await assert.rejects(registry.watch('a/b').next(), InvalidInstanceError)
  })

  it('takes reading on for an acknowledgement, which a drain waits for', async () => {
    const { clock, registry, other } = registryWithClock()
    const lease = await registry.register(users('a'))
    const sets = other.watch('users')
    await sets.next()
    const drained = lease.drain()
    let over = false
    void drained.then(() => (over = true))
    assert.equal((await sets.next()).value?.instances[0]?.status, 'draining')
    await clock.settle()
    assert.equal(over, false)
    const next = sets.next()
    assert.deepEqual(await drained, { acknowledged: true, watchers: 1, missing: [], tookMs: 0 })
    await lease.revoke()
    assert.deepEqual((await next).value?.instances, [])
    await sets.return()
  })

  it('updates in place', async () => {
    const { registry } = registryWithClock()
    const lease = await registry.register(users('a'))
    await lease.update({ weight: 9 })
    assert.equal(lease.instance.weight, 9)
  })

  it('tells the names of services', async () => {
    const { registry, other } = registryWithClock()
    const names = other.services()
    assert.deepEqual((await names.next()).value, { revision: 0, names: [] })
    await registry.register(users('a'))
    assert.deepEqual((await names.next()).value?.names, ['users'])
    await names.return()
  })

  it('ends a watch with the reason of its signal', async () => {
    const { registry, store } = registryWithClock()
    const controller = new AbortController()
    const sets = registry.watch('users', { signal: controller.signal })
    await sets.next()
    const next = sets.next()
    controller.abort(new Error('enough'))
    await assert.rejects(next, /enough/)
    assert.deepEqual(store.rosters.watchers('users'), [])
  })

  it('revokes on close what was registered through it, and ends its watches', async () => {
    const { clock, registry, other, store } = registryWithClock()
    const lease = await registry.register(users('a'))
    await other.register(users('b'))
    const sets = registry.watch('users')
    await sets.next()
    const next = sets.next()
    await registry.close()
    await registry.close()
    await assert.rejects(next, RegistryClosedError)
    await assert.rejects(registry.register(users('c')), RegistryClosedError)
    assert.deepEqual(
      store.rosters.set('users').instances.map(({ id }) => id),
      ['b'],
    )
    assert.equal(lease.lost.aborted, false)
    await other.close()
    assert.equal(clock.pending, 0)
  })
})
