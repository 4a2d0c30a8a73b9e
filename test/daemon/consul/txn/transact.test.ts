import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StoreLimitError } from '../../../../src/discovery/store/limits.ts'
import { serveConsul } from '../consul-server.ts'

function refuse(): never {
  throw new StoreLimitError('bytes of memory', 1)
}

const MISSING = { Service: { Verb: 'get', Node: 'n1', Service: { ID: 'none' } } }

const set = (Key: string, Value = 'aGk=') => ({ KV: { Verb: 'set', Key, Value } })

describe('transact', () => {
  it('does all of the operations at one index, or none', async t => {
    const { ask } = await serveConsul(t)
    const { body } = await ask('PUT', '/v1/txn', [set('a'), set('b')])
    assert.equal(body.Results[0].KV.ModifyIndex, body.Results[1].KV.ModifyIndex)
    const before = await ask('GET', '/v1/kv/?recurse')
    const refused = await ask('PUT', '/v1/txn', [
      set('a', 'eA=='),
      { KV: { Verb: 'delete-tree', Key: '' } },
      { KV: { Verb: 'get', Key: 'a' } },
    ])
    assert.deepEqual([refused.status, refused.body.Errors[0].OpIndex], [409, 2])
    const after = await ask('GET', '/v1/kv/?recurse')
    assert.deepEqual([after.text, after.index], [before.text, before.index])
  })

  it('takes 64 operations and no more', async t => {
    const { ask } = await serveConsul(t)
    const operations = Array.from({ length: 64 }, (_, n) => ({ KV: { Verb: 'set', Key: `k${n}`, Value: '' } }))
    assert.equal((await ask('PUT', '/v1/txn', operations)).status, 200)
    assert.equal((await ask('PUT', '/v1/txn', [...operations, operations[0]])).status, 413)
  })

  it('undoes what followed from its writes too, where one of them cannot be done', async t => {
    const { ask } = await serveConsul(t)
    const Check = { Node: 'n1', CheckID: 'c', Status: 'passing' }
    await ask('PUT', '/v1/catalog/register', { Node: 'n1', Address: '10.0.0.1', Service: { Service: 'db' }, Check })
    const session = await ask('PUT', '/v1/session/create', { Node: 'n1', NodeChecks: ['c'] })
    const { ID } = session.body
    assert.equal((await ask('PUT', `/v1/kv/leader?acquire=${ID}`, 'me')).body, true)
    const nodes = (await ask('GET', '/v1/catalog/node/n1')).text
    const failed = await ask('PUT', '/v1/txn', [
      { Check: { Verb: 'set', Check: { ...Check, Status: 'critical' } } },
      { Node: { Verb: 'delete', Node: { Node: 'n1' } } },
      MISSING,
    ])
    assert.equal(failed.status, 409)
    assert.deepEqual(
      failed.body.Errors.map(({ OpIndex }: { OpIndex: number }) => OpIndex),
      [2],
    )
    assert.equal((await ask('GET', '/v1/catalog/node/n1')).text, nodes)
    assert.equal((await ask('GET', '/v1/kv/leader')).body[0].Session, ID)
    assert.equal((await ask('GET', `/v1/session/info/${ID}`)).body.length, 1)
  })

  it('takes away what it is asked to where there is no memory, and adds nothing', async t => {
    const memory = { isFull: false, requireRoom: () => assert.ok(!memory.isFull || refuse()) }
    const { ask } = await serveConsul(t, { memory })
    await ask('PUT', '/v1/kv/a', 'a')
    memory.isFull = true
    const [add, take] = ['set', 'delete'].map(Verb => ({ KV: { Verb, Key: 'a', Value: 'aGk=' } }))
    const statuses: number[] = []
    for (const operations of [[add], [take, add], [take]])
      statuses.push((await ask('PUT', '/v1/txn', operations)).status)
    assert.deepEqual(statuses, [500, 500, 200])
    assert.equal((await ask('GET', '/v1/kv/a')).status, 404)
  })

  it('gives all that one transaction writes the same index', async t => {
    const { ask } = await serveConsul(t)
    const { Results } = (
      await ask('PUT', '/v1/txn', [
        { KV: { Verb: 'set', Key: 'a', Value: 'aGk=' } },
        { Node: { Verb: 'set', Node: { Node: 'n1', Address: '10.0.0.1' } } },
        { Service: { Verb: 'set', Node: 'n1', Service: { ID: 'w', Service: 'web' } } },
        { Check: { Verb: 'set', Check: { Node: 'n1', CheckID: 'c', Status: 'passing' } } },
        { KV: { Verb: 'set', Key: 'b', Value: 'aGk=' } },
      ])
    ).body
    const written = Results.flatMap((result: object) => Object.values(result)) as { ModifyIndex: number }[]
    assert.equal(written.length, 5)
    assert.equal(new Set(written.map(({ ModifyIndex }) => ModifyIndex)).size, 1)
  })

  it('writes where what is there is as it was read', async t => {
    const { ask } = await serveConsul(t)
    const Check = { Node: 'n1', CheckID: 'c', Status: 'critical' }
    await ask('PUT', '/v1/catalog/register', { Node: 'n1', Address: '10.0.0.1', Check })
    const cas = (ModifyIndex: number) =>
      ask('PUT', '/v1/txn', [{ Check: { Verb: 'cas', Check: { ...Check, Status: 'passing', ModifyIndex } } }])
    const [{ ModifyIndex }] = (await ask('GET', '/v1/health/node/n1')).body
    assert.equal((await cas(ModifyIndex - 1)).status, 409)
    assert.equal((await cas(ModifyIndex)).body.Results[0].Check.Status, 'passing')
    assert.equal((await cas(ModifyIndex)).status, 409)
  })
})
