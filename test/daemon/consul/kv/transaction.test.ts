import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serveConsul } from '../consul-server.ts'

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

  it('compares large flags and indexes exactly as they are written', async t => {
    const { ask } = await serveConsul(t)
    await ask('PUT', '/v1/txn', '[{"KV":{"Verb":"set","Key":"f","Flags":18446744073709551615}}]')
    assert.match((await ask('GET', '/v1/kv/f')).text, /"Flags":18446744073709551615,/)
  })
})
