import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JournalError } from '../../../src/daemon/errors.ts'
import { ask, serveRest } from './rest-server.ts'

const endpoints = ['tcp://127.0.0.1:7']

async function registered(t: Parameters<typeof serveRest>[0]) {
  const parts = await serveRest(t)
  const at = `${parts.url}/services/users/instances/u1`
  const { status, body } = await ask(at, { method: 'PUT', body: { endpoints, ttlMs: 2_000 } })
  assert.equal(status, 201)
  return { ...parts, at, lease: body.lease as string, body }
}

describe('InstanceRoutes', () => {
  it('registers an instance that lives by its renewals alone', async t => {
    const { at, lease, body, clock, store } = await registered(t)
    assert.deepEqual([body.ttlMs, body.instance.id, body.instance.status], [2_000, 'u1', 'ready'])
    await clock.advance(1_500)
    const renewal = await ask(`${at}/renew`, { method: 'POST', 'ropewalk-lease': lease })
    assert.deepEqual([renewal.status, renewal.body], [200, { ttlMs: 2_000 }])
    await clock.advance(1_999)
    assert.equal(store.leases.count, 1)
    await clock.advance(1)
    assert.equal(store.leases.count, 0)
    const late = await ask(`${at}/renew`, { method: 'POST', 'ropewalk-lease': lease })
    assert.deepEqual([late.status, late.body.error.code], [410, 'ERR_LEASE_LOST'])
  })

  it('writes anew what the same lease holds, and refuses it to others', async t => {
    const { at, lease, store } = await registered(t)
    const body = { endpoints, weight: 5 }
    const again = await ask(at, { method: 'PUT', body, 'ropewalk-lease': lease })
    assert.deepEqual([again.status, again.body.lease, again.body.instance.weight], [200, lease, 5])
    const other = await ask(at, { method: 'PUT', body })
    assert.deepEqual([other.status, other.body.error.code], [409, 'ERR_INSTANCE_CONFLICT'])
    assert.equal([...store.leases.owners()].length, 2)
  })

  it('holds several instances by one lease', async t => {
    const { url, at, lease, clock, store } = await registered(t)
    await ask(`${url}/services/users/instances/u2`, {
      method: 'PUT',
      body: { endpoints, ttlMs: 2_000 },
      'ropewalk-lease': lease,
    })
    await clock.advance(1_500)
    await ask(`${at}/renew`, { method: 'POST', 'ropewalk-lease': lease })
    await clock.advance(1_500)
    assert.equal(store.leases.count, 2)
  })

  it('changes an instance in place, for its holder and for an operator', async t => {
    const { at, lease } = await registered(t)
    const byHolder = await ask(at, { method: 'PATCH', body: { weight: 3 }, 'ropewalk-lease': lease })
    assert.equal(byHolder.body.weight, 3)
    const byOperator = await ask(at, { method: 'PATCH', body: { metadata: { a: 'b' } } })
    assert.deepEqual([byOperator.body.weight, byOperator.body.metadata], [3, { a: 'b' }])
  })

  it('drains, and says how that went', async t => {
    const { at, store } = await registered(t)
    const { body } = await ask(`${at}/drain`, { method: 'POST' })
    assert.deepEqual(body, { acknowledged: true, watchers: 0, missing: [], tookMs: 0 })
    assert.equal(store.rosters.set('users').instances[0]?.status, 'draining')
  })

  it('drains no longer than it is asked to', async t => {
    const { at, clock, store } = await registered(t)
    store.rosters.watch('users', { name: 'slow', acknowledges: true, onChange() {} })
    const asked = ask(`${at}/drain`, { method: 'POST', body: { drainMs: 300 } })
    while (clock.nextDelayMs !== 300) await new Promise(setImmediate)
    await clock.advance(300)
    assert.deepEqual((await asked).body.missing, ['slow'])
  })

  it('takes an instance out: for its holder, and against it for an operator', async t => {
    const { at, url, lease, register, store, owner } = await registered(t)
    const lost: string[] = []
    owner.onLost = (_claim, cause) => lost.push(cause)
    assert.equal((await ask(at, { method: 'DELETE', 'ropewalk-lease': lease })).status, 204)
    register('a')
    assert.equal((await ask(`${url}/services/users/instances/a`, { method: 'DELETE' })).status, 204)
    assert.deepEqual([store.leases.count, lost], [0, ['removed']])
  })

  it('answers 404 for an instance that there is not', async t => {
    const { url } = await serveRest(t)
    for (const [method, path] of [
      ['PATCH', 'nobody'],
      ['DELETE', 'nobody'],
      ['POST', 'nobody/drain'],
    ] as const) {
      const { status, body } = await ask(`${url}/services/users/instances/${path}`, { method })
      assert.deepEqual([status, body.error.code], [404, 'ERR_NOT_FOUND'])
    }
  })

  it("does nothing with somebody else's lease, nor for a page of another site", async t => {
    const { at, url } = await registered(t)
    const other = await ask(`${url}/services/users/instances/u2`, { method: 'PUT', body: { endpoints } })
    for (const headers of [{ 'ropewalk-lease': other.body.lease }, { origin: 'http://evil.example' }]) {
      for (const [method, path] of [
        ['PATCH', ''],
        ['DELETE', ''],
        ['POST', '/drain'],
        ['POST', '/renew'],
      ]) {
        const { status, body } = await ask(at + path, { method, ...headers })
        assert.deepEqual([status, body.error.code], [403, 'ERR_LEASE_REQUIRED'])
      }
    }
  })

  it('refuses bodies that make no sense', async t => {
    const { url, at } = await registered(t)
    const put = { method: 'PUT', body: {} as unknown }
    const refusals = [
      await ask(`${url}/services/users/instances/u9`, { ...put, body: '{' }),
      await ask(`${url}/services/users/instances/u9`, { ...put, body: [] }),
      await ask(`${url}/services/users/instances/u9`, { ...put, body: { endpoints: [] } }),
      await ask(`${url}/services/users/instances/u9`, { ...put, body: { endpoints, ttlMs: '2000' } }),
      await ask(`${url}/services/users/instances/u9`, { ...put, body: { endpoints, ttlMs: 1 } }),
      await ask(`${url}/services/users/instances/u9`, { ...put, body: { endpoints }, 'ropewalk-lease': 'guess' }),
      await ask(at, { method: 'PATCH', body: { weight: -1 } }),
      await ask(`${at}/drain`, { method: 'POST', body: { drainMs: 'long' } }),
    ]
    assert.deepEqual(
      refusals.map(({ status }) => status),
      refusals.map(() => 400),
    )
  })

  it('finds an instance by its id in all services', async t => {
    const { url, store, owner, register } = await serveRest(t)
    const { instance } = register('a')
    store.leases.register(owner, { ...instance, serviceName: 'orders' }, 15_000)
    const { body } = await ask(`${url}/instances?id=a`)
    assert.deepEqual(
      body.instances.map(({ serviceName }: { serviceName: string }) => serviceName),
      ['orders', 'users'],
    )
    assert.deepEqual((await ask(`${url}/instances?id=b`)).body.instances, [])
  })

  it('answers when what was written is kept, and 503 when it could not be', async t => {
    const asking = Promise.withResolvers<(error?: JournalError) => void>()
    const { url } = await serveRest(t, { durability: { whenKept: asking.resolve } })
    const asked = ask(`${url}/services/users/instances/u1`, { method: 'PUT', body: { endpoints } })
    const answer = await asking.promise
    answer(new JournalError('/data', 'is full'))
    const { status, body } = await asked
    assert.deepEqual([status, body.error.code], [503, 'ERR_JOURNAL'])
  })
})
