import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask, events, serveRest } from './rest-server.ts'

describe('ServiceRoutes', () => {
  it('lists services with their instances by status', async t => {
    const { url, register, store, owner } = await serveRest(t)
    register('a')
    register('b')
    store.leases.register(owner, { ...register('c').instance, serviceName: 'orders' }, 15_000)
    void store.leases.drain(register('b'))
    const { body } = await ask(`${url}/services`)
    assert.equal(body.epoch, 'e1')
    assert.deepEqual(
      body.services.map(({ serviceName, statuses }: { serviceName: string; statuses: object }) => [
        serviceName,
        statuses,
      ]),
      [
        ['orders', { ready: 1 }],
        ['users', { ready: 2, draining: 1 }],
      ],
    )
  })

  it('lists anew what has changed since it was last asked', async t => {
    const { url, register } = await serveRest(t)
    register('a')
    await ask(`${url}/services`)
    register('b')
    assert.deepEqual((await ask(`${url}/services`)).body.services[0].statuses, { ready: 2 })
  })

  it('answers with the whole set of a service', async t => {
    const { url, register } = await serveRest(t)
    const { instance } = register('a', { metadata: { 'ключ"': '值\n' } })
    const { status, body } = await ask(`${url}/services/users`)
    assert.equal(status, 200)
    assert.deepEqual(body, {
      epoch: 'e1',
      serviceName: 'users',
      revision: 101,
      known: true,
      settled: true,
      instances: [instance],
    })
  })

  it('tells a service that nobody knows from an empty one', async t => {
    const { url, register, store } = await serveRest(t)
    store.leases.revoke(register('a'))
    assert.equal((await ask(`${url}/services/users`)).body.known, true)
    assert.equal((await ask(`${url}/services/usres`)).body.known, false)
  })

  it('refuses a name that no service can have', async t => {
    const { url } = await serveRest(t)
    const { status, body } = await ask(`${url}/services/${encodeURIComponent('a/b')}`)
    assert.deepEqual([status, body.error.code], [400, 'ERR_INVALID_INSTANCE'])
  })

  it('answers 304 to whoever has the present set', async t => {
    const { url, register } = await serveRest(t)
    register('a')
    const etag = (await ask(`${url}/services/users`)).headers.get('etag') ?? ''
    assert.equal((await ask(`${url}/services/users`, { 'if-none-match': etag })).status, 304)
    register('b')
    assert.equal((await ask(`${url}/services/users`, { 'if-none-match': etag })).status, 200)
  })

  it('has a drain wait for the sake of somebody who polls, not of somebody who only looks', async t => {
    const { url, register, store, clock } = await serveRest(t)
    await ask(`${url}/services/users?observer`)
    assert.equal((await store.leases.drain(register('a'))).tookMs, 0)
    await ask(`${url}/services/users`)
    const drained = store.leases.drain(register('b'))
    await clock.advance(1_000)
    assert.equal((await drained).tookMs, 1_000)
  })

  it('streams the set at once and after each change', async t => {
    const { url, register } = await serveRest(t)
    register('a')
    const stream = await events(t, `${url}/services/users/watch`)
    assert.equal(stream.response.headers.get('content-type'), 'text/event-stream')
    const first = await stream.next()
    assert.deepEqual([first.id, first.event, first.data.instances.length], ['e1.101', 'set', 1])
    register('b')
    assert.equal((await stream.next()).data.instances.length, 2)
  })

  it('goes on from the last event that a client has', async t => {
    const { url, register } = await serveRest(t)
    register('a')
    const current = await events(t, `${url}/services/users/watch`, { 'last-event-id': 'e1.101' })
    const outdated = await events(t, `${url}/services/users/watch`, { 'last-event-id': 'e1.100' })
    const foreign = await events(t, `${url}/services/users/watch`, { 'last-event-id': 'e0.101' })
    assert.equal((await outdated.next()).id, 'e1.101')
    assert.equal((await foreign.next()).id, 'e1.101')
    register('b')
    assert.equal((await current.next()).id, 'e1.102')
  })

  it('streams the names of services', async t => {
    const { url, register } = await serveRest(t)
    const stream = await events(t, `${url}/services?watch`)
    assert.deepEqual((await stream.next()).data.names, [])
    register('a')
    const { event, data } = await stream.next()
    assert.deepEqual([event, data.names], ['services', ['users']])
  })

  it('shows who watches, and forgets who left', async t => {
    const { url, register, store } = await serveRest(t)
    register('a')
    store.rosters.watch('users', { name: 'gateway', acknowledges: true, onChange() {} }).acknowledge(101)
    const stream = await events(t, `${url}/services/users/watch`)
    await stream.next()
    const { body } = await ask(`${url}/services/users/watchers`)
    assert.deepEqual(body.watchers[0], { name: 'gateway', acknowledges: true, acknowledged: 101 })
    assert.equal(body.watchers[1].acknowledges, false)
    stream.leave()
    while (store.rosters.watchers('users').length > 1) await new Promise(setImmediate)
  })

  it('tells what happened, and never a lease', async t => {
    const { url, register, store } = await serveRest(t)
    store.leases.revoke(register('a'))
    const { body } = await ask(`${url}/services/users/history`)
    assert.deepEqual(
      body.changes.map(({ id, kind, holder }: Record<string, string>) => [id, kind, holder]),
      [
        ['a', 'joined', 'orders (process 1)'],
        ['a', 'revoked', 'orders (process 1)'],
      ],
    )
  })
})
