import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { queryOf } from '../../../../src/daemon/consul/http/query-cache.ts'

describe('queryOf', () => {
  it('gives those who ask by the same text the same object', () => {
    const query = queryOf('index=7&tag=a&tag=b')
    assert.equal(queryOf('index=7&tag=a&tag=b'), query)
    assert.deepEqual([query.get('index'), query.getAll('tag')], ['7', ['a', 'b']])
    assert.notEqual(queryOf('index=8&tag=a&tag=b'), query)
  })

  it('reads every text, however many and however long they are', () => {
    for (let index = 0; index < 2_500; index++) assert.equal(queryOf(`index=${index}`).get('index'), String(index))
    const long = 'x'.repeat(10_000)
    assert.equal(queryOf(`tag=${long}`).get('tag'), long)
  })
})
