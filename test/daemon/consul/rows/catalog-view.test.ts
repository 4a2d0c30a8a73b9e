import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

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

  it('finds a node by its id as well', async t => {
    const { ask } = await serveConsul(t)
    assert.equal((await ask('GET', `/v1/catalog/node/${'0'.repeat(36)}`)).body.Node.Node, 'n0')
  })
})
