import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { DaemonAdmin } from '../../../src/adapters/daemon/index.ts'
import { serveRest } from '../../daemon/rest/rest-server.ts'

async function administered(t: TestContext) {
  const parts = await serveRest(t)
  return { ...parts, admin: new DaemonAdmin({ port: Number(new URL(parts.url).port) }) }
}

const endpoints = ['tcp://127.0.0.1:7']

describe('DaemonAdmin', () => {
  it('registers, renews, changes and takes out, for programs in other languages', async t => {
    const { admin, store } = await administered(t)
    const { lease, ttlMs } = await admin.register({ serviceName: 'users', id: 'u1', endpoints }, { ttlMs: 9_000 })
    assert.equal(ttlMs, 9_000)
    const selector = { serviceName: 'users', id: 'u1' }
    assert.deepEqual(await admin.renew(selector, { lease }), { ttlMs: 9_000 })
    assert.equal((await admin.update(selector, { weight: 4 }, { lease })).weight, 4)
    await admin.deregister(selector, { lease })
    assert.equal(store.leases.count, 0)
  })

  it('shows services, instances, watchers, history and the daemon itself', async t => {
    const { admin, register } = await administered(t)
    register('a')
    assert.deepEqual((await admin.services()).services[0]?.statuses, { ready: 1 })
    assert.deepEqual((await admin.instances('users')).instances[0]?.id, 'a')
    assert.equal((await admin.instances('nobody')).known, false)
    assert.deepEqual((await admin.watchers('users')).watchers, [])
    assert.equal((await admin.history('users')).changes[0]?.kind, 'joined')
    assert.equal((await admin.status()).instances, 1)
  })

  it('drains an instance by its id alone', async t => {
    const { admin, register, store } = await administered(t)
    register('a')
    assert.equal((await admin.drain({ id: 'a' })).acknowledged, true)
    assert.equal(store.rosters.set('users').instances[0]?.status, 'draining')
  })

  it('tells an id that nobody has from one that several have', async t => {
    const { admin, register, store, owner } = await administered(t)
    await assert.rejects(admin.drain({ id: 'a' }), { code: 'ERR_UNKNOWN_INSTANCE' })
    await assert.rejects(admin.deregister({ serviceName: 'users', id: 'a' }), { code: 'ERR_UNKNOWN_INSTANCE' })
    store.leases.register(owner, { ...register('a').instance, serviceName: 'orders' }, 1_000)
    await assert.rejects(admin.drain({ id: 'a' }), { code: 'ERR_AMBIGUOUS_INSTANCE', message: /orders, users/ })
    await admin.deregister({ serviceName: 'orders', id: 'a' })
    assert.deepEqual(
      (await admin.find('a')).map(({ serviceName }) => serviceName),
      ['users'],
    )
  })

  it('takes no part in what it looks at: a drain does not wait for it', async t => {
    const { admin, register, store } = await administered(t)
    await admin.instances('users')
    assert.equal((await store.leases.drain(register('a'))).tookMs, 0)
  })
})
