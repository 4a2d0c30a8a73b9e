import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

describe('registerIn', () => {
  it('writes a node, a service and checks in one', async t => {
    const { ask } = await serveConsul(t)
    const Check = {
      CheckID: 'c',
      Name: 'c',
      Status: 'passing',
      ServiceID: 'db',
      Definition: { HTTP: 'http://x', Interval: '5s' },
    }
    const answer = await ask('PUT', '/v1/catalog/register', {
      Node: 'n',
      Address: '1.1.1.1',
      Service: { Service: 'db' },
      Check,
    })
    assert.equal(answer.body, true)
    const [entry] = (await ask('GET', '/v1/health/service/db')).body
    assert.deepEqual([entry.Checks[0].Type, entry.Checks[0].ServiceName, entry.Service.ID], ['http', 'db', 'db'])
  })

  it('writes nothing of a request that is refused', async t => {
    const { ask } = await serveConsul(t)
    const body = { Node: 'n', Address: '1.1.1.1', Service: { Service: 'db' }, Check: { Name: 'c', ServiceID: 'other' } }
    assert.equal((await ask('PUT', '/v1/catalog/register', body)).status, 500)
    assert.equal((await ask('GET', '/v1/catalog/node/n')).body, null)
    const long = { Node: 'n', Address: 'a'.repeat(5_000) }
    assert.equal((await ask('PUT', '/v1/catalog/register', long)).status, 400)
  })

  it('leaves the node as it is where that is asked for', async t => {
    const { ask } = await serveConsul(t)
    await ask('PUT', '/v1/catalog/register', { Node: 'n', Address: '1.1.1.1', NodeMeta: { a: 'b' } })
    await ask('PUT', '/v1/catalog/register', { Node: 'n', SkipNodeUpdate: true, Service: { Service: 'db' } })
    assert.deepEqual((await ask('GET', '/v1/catalog/node/n')).body.Node.Meta, { a: 'b' })
  })
})

describe('deregisterIn', () => {
  it('takes out a check, a service, or the whole node', async t => {
    const { ask } = await serveConsul(t)
    const register = () =>
      ask('PUT', '/v1/catalog/register', {
        Node: 'n',
        Address: '1.1.1.1',
        Service: { Service: 'db' },
        Check: { CheckID: 'c', ServiceID: 'db' },
      })
    await register()
    await ask('PUT', '/v1/catalog/deregister', { Node: 'n', CheckID: 'c' })
    assert.deepEqual((await ask('GET', '/v1/health/node/n')).body, [])
    await ask('PUT', '/v1/catalog/deregister', { Node: 'n', ServiceID: 'db' })
    assert.deepEqual((await ask('GET', '/v1/catalog/node/n')).body.Services, {})
    await register()
    await ask('PUT', '/v1/catalog/deregister', { Node: 'n' })
    assert.deepEqual(
      [(await ask('GET', '/v1/catalog/node/n')).body, (await ask('GET', '/v1/health/checks/db')).body],
      [null, []],
    )
  })
})
