import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

async function withNodes(t: Parameters<typeof serveConsul>[0]) {
  const server = await serveConsul(t)
  for (const [Node, rack] of [
    ['a', '1'],
    ['b', '2'],
  ]) {
    const Service = { Service: 'web', ID: `web-${Node}`, Tags: ['Red', `t${Node}`] }
    await server.ask('PUT', '/v1/catalog/register', { Node, Address: '1.1.1.1', NodeMeta: { rack }, Service })
  }
  await server.ask('PUT', '/v1/agent/service/register', { Name: 'web', ID: 'own', Tags: ['red'] })
  const ids = async (search: string) => {
    const { body } = await server.ask('GET', `/v1/catalog/service/web?${search}`)
    return body.map(({ ServiceID }: { ServiceID: string }) => ServiceID)
  }
  return { ...server, ids }
}

describe('catalogRoutes', () => {
  it('choose by several tags, by metadata of the node, and by an expression', async t => {
    const { ids } = await withNodes(t)
    assert.deepEqual(await ids('tag=RED'), ['web-a', 'web-b', 'own'])
    assert.deepEqual(await ids('tag=red&tag=ta'), ['web-a'])
    assert.deepEqual(await ids('node-meta=rack:2'), ['web-b'])
    assert.deepEqual(await ids('node-meta=rack:2&node-meta=rack:1'), [])
    assert.deepEqual(await ids(`filter=${encodeURIComponent('ServiceID matches "^web-"')}&tag=tb`), ['web-b'])
  })

  it('put first what is near this agent', async t => {
    const { ids } = await withNodes(t)
    assert.deepEqual(await ids('near=_agent'), ['own', 'web-a', 'web-b'])
  })

  it('list the tags of all instances, of certain nodes if so asked', async t => {
    const { ask } = await withNodes(t)
    assert.deepEqual((await ask('GET', '/v1/catalog/services')).body.web, ['Red', 'ta', 'tb', 'red'])
    assert.deepEqual((await ask('GET', '/v1/catalog/services?node-meta=rack:1')).body, { web: ['Red', 'ta'] })
  })

  it('move the index of the names of services when any instance comes, changes or goes, and not when its health does', async t => {
    const { ask, register, store, owner } = await serveConsul(t)
    const web = { Name: 'web', ID: 'w1', Check: { TTL: '60s' } }
    await ask('PUT', '/v1/agent/service/register', web)
    const claim = register('u1')
    let { text, index } = await ask('GET', '/v1/catalog/services')
    const moves = async (deed: () => unknown) => {
      await deed()
      const now = await ask('GET', '/v1/catalog/services')
      const hasMoved = now.index > index
      assert.equal(now.text, text)
      index = now.index
      return hasMoved
    }
    const agent = (path: string, body?: object) => () => ask('PUT', `/v1/agent/${path}`, body)
    assert.equal(await moves(agent('service/register', { ...web, ID: 'w2' })), true)
    assert.equal(await moves(agent('service/register', { ...web, ID: 'w2', Port: 2 })), true)
    assert.equal(await moves(agent('check/pass/service:w2')), false)
    assert.equal(await moves(agent('service/deregister/w2')), true)
    assert.equal(await moves(() => register('u2')), true)
    assert.equal(await moves(() => store.leases.update(claim, { weight: 5 })), true)
    assert.equal(await moves(() => store.leases.disconnect(owner)), false)
  })

  it('answer what differs in nothing but how it is asked with the same bytes, and each answer by what narrows it', async t => {
    const { ask } = await withNodes(t)
    const plain = await ask('GET', '/v1/catalog/service/web')
    const stale = await ask('GET', '/v1/catalog/service/web?stale')
    assert.deepEqual([stale.text, stale.index], [plain.text, plain.index])
    assert.equal(stale.headers.get('x-consul-effective-consistency'), 'stale')
    assert.equal((await ask('GET', '/v1/catalog/service/web?tag=none')).text, '[]')
  })

  it('refuse an expression that makes no sense, with the headers of a read that asked nobody', async t => {
    const { ask } = await withNodes(t)
    const { status, text, headers } = await ask('GET', '/v1/catalog/nodes?filter=Nope+==+1')
    assert.deepEqual([status, headers.get('x-consul-knownleader')], [500, 'false'])
    assert.equal(text, 'Failed to create boolean expression evaluator: Selector "Nope" is not valid')
  })
})
