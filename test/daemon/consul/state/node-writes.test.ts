import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

const ID = '11111111-2222-3333-4444-555555555555'
const OTHER_ID = '11111111-2222-3333-4444-666666666666'

describe('A node in the catalog', () => {
  it('that comes under another name with its id is the same, and what was on it goes', async t => {
    const { ask } = await serveConsul(t)
    await ask('PUT', '/v1/catalog/register', { ID, Node: 'a', Address: '10.0.0.1', Service: { Service: 's' } })
    assert.equal((await ask('PUT', '/v1/catalog/register', { ID, Node: 'b', Address: '10.0.0.1' })).status, 200)
    const names = (await ask('GET', '/v1/catalog/nodes')).body.map((row: { Node: string }) => row.Node)
    assert.deepEqual([names, (await ask('GET', '/v1/catalog/service/s')).body], [['b', 'n0'], []])
  })

  it('has neither the name nor the id of this node, which lives', async t => {
    const { ask } = await serveConsul(t, { nodeId: ID })
    const taken = await ask('PUT', '/v1/catalog/register', { ID: OTHER_ID, Node: 'n0', Address: '1.1.1.1' })
    assert.equal(taken.status, 500)
    const renamed = await ask('PUT', '/v1/catalog/register', { ID, Node: 'mine', Address: '1.1.1.1' })
    assert.deepEqual(
      [renamed.status, renamed.text],
      [500, `failed inserting node: Error while renaming Node ID: "${ID}" (1.1.1.1): node n0 has it`],
    )
    const [node] = (await ask('GET', '/v1/catalog/nodes')).body
    assert.deepEqual([node.ID, node.Node, node.Address], [ID, 'n0', '127.0.0.1'])
  })

  it('keeps the id of a member where none is said', async t => {
    const { ask } = await serveConsul(t, { nodeId: ID })
    await ask('PUT', '/v1/catalog/register', { Node: 'n0', Address: '127.0.0.2' })
    const [node] = (await ask('GET', '/v1/catalog/nodes')).body
    assert.deepEqual([node.ID, node.Address], [ID, '127.0.0.2'])
  })
})
