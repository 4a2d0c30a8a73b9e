import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Json, serveConsul } from '../consul-server.ts'
import { guardedConsul } from '../guarded-consul.ts'

describe('CatalogView', () => {
  it('has everything in the order of nodes and ids', async t => {
    const { ask, register } = await serveConsul(t)
    for (const id of ['c', 'a']) await ask('PUT', '/v1/agent/service/register', { Name: 'users', ID: id })
    register('b')
    await ask('PUT', '/v1/catalog/register', { Node: 'a0', Address: '1.1.1.1', Service: { Service: 'users', ID: 'z' } })
    const { body } = await ask('GET', '/v1/catalog/service/users')
    assert.deepEqual(
      body.map((one: Record<string, string>) => one.ServiceID),
      ['z', 'a', 'b', 'c'],
    )
    assert.deepEqual(Object.keys((await ask('GET', '/v1/catalog/node/n0')).body.Services), ['a', 'b', 'c', 'consul'])
    assert.deepEqual(Object.keys((await ask('GET', '/v1/agent/services')).body), ['a', 'b', 'c'])
  })

  it('shows ids that two services share on a node both, the second with its name', async t => {
    const { ask, register } = await serveConsul(t)
    register('u1')
    register('u1', { serviceName: 'orders' })
    const { Services } = (await ask('GET', '/v1/catalog/node/n0')).body
    assert.deepEqual(Object.keys(Services), ['consul', 'u1', 'users/u1'])
  })

  it('shows an application beside a service that has its id and another name, and not one with its name too', async t => {
    const { ask, register } = await serveConsul(t)
    register('1')
    await ask('PUT', '/v1/agent/service/register', { Name: 'web', ID: '1', Port: 80 })
    const { body } = await ask('GET', '/v1/health/service/users')
    assert.deepEqual(
      body.map((one: { Service: { ID: string } }) => one.Service.ID),
      ['1'],
    )
    assert.deepEqual(Object.keys((await ask('GET', '/v1/agent/services')).body), ['1', 'users/1'])
    await ask('PUT', '/v1/agent/service/register', { Name: 'users', ID: '1', Port: 81 })
    const ports = (await ask('GET', '/v1/health/service/users')).body.map(
      (one: { Service: { Port: number } }) => one.Service.Port,
    )
    assert.deepEqual(ports, [81])
  })

  it('finds services in whatever case they are asked for, those of the Store too, and lists each as it is spelled', async t => {
    const { ask, register } = await serveConsul(t)
    await ask('PUT', '/v1/agent/service/register', { Name: 'Users', ID: 'b' })
    register('a')
    register('c', { serviceName: 'USERS' })
    const idsAt = async (path: string) =>
      (await ask('GET', path)).body.map(({ Service, ServiceID }: Json) => Service?.ID ?? ServiceID)
    for (const name of ['users', 'Users', 'uSERS']) {
      assert.deepEqual(await idsAt(`/v1/health/service/${name}`), ['a', 'b', 'c'])
      assert.deepEqual(await idsAt(`/v1/catalog/service/${name}`), ['a', 'b', 'c'])
      assert.deepEqual(await idsAt(`/v1/health/checks/${name}`), ['a', 'c'])
    }
    const names = Object.keys((await ask('GET', '/v1/catalog/services')).body)
    assert.deepEqual(names, ['USERS', 'Users', 'consul', 'users'])
  })

  it('tells who waits for a service of a change of one that is spelled in another case', async t => {
    const { ask, register } = await serveConsul(t)
    const { index } = await ask('GET', '/v1/health/service/users')
    const woken = ask('GET', `/v1/health/service/users?index=${index}&wait=60s`)
    register('c', { serviceName: 'USERS' })
    const { body, index: next } = await woken
    assert.equal(body.length, 1)
    const again = ask('GET', `/v1/health/service/users?index=${next}&wait=60s`)
    await ask('PUT', '/v1/agent/service/register', { Name: 'Users', ID: 'b' })
    assert.equal((await again).body.length, 2)
  })

  it('shows of services that differ by case those that the caller may read, now and while it waits', async t => {
    const { ask, register } = await guardedConsul(t)
    register('a', { serviceName: 'web' })
    register('b', { serviceName: 'WEB' })
    const seen = async (who: string, path: string) => {
      const { body, index } = await ask(who, `GET /v1/health/service/${path}`)
      return { ids: body.map(({ Service }: Json) => Service.ID), index }
    }
    assert.deepEqual((await seen('operator', 'Web')).ids, ['a', 'b'])
    const { ids, index } = await seen('web', 'web')
    assert.deepEqual([ids, (await seen('web', 'WEB')).ids, (await seen('', 'web')).ids], [['a'], ['a'], []])
    const waiting = seen('web', `web?index=${index}&wait=60s`)
    register('c', { serviceName: 'Web' })
    register('d', { serviceName: 'web' })
    assert.deepEqual((await waiting).ids, ['a', 'd'])
  })

  it('lets a drain wait for those who ask for the service in another case', async t => {
    const { ask, register, store, clock } = await serveConsul(t)
    const claim = register('a')
    await ask('GET', '/v1/health/service/USERS')
    let isDrained = false
    const drained = store.leases.drain(claim, { drainMs: 60_000 }).then(() => (isDrained = true))
    await clock.advance(1)
    assert.equal(isDrained, false)
    await clock.advance(60_000)
    await drained
  })

  it('finds a node by its id as well', async t => {
    const { ask } = await serveConsul(t)
    assert.equal((await ask('GET', `/v1/catalog/node/${'0'.repeat(36)}`)).body.Node.Node, 'n0')
  })
})
