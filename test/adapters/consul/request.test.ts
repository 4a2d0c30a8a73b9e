import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contentOf, nameOf, targetOf } from '../../../src/adapters/consul/request.ts'

describe('contentOf', () => {
  it('is what the JSON of an answer stands for', () => {
    assert.deepEqual(contentOf({ status: 200, index: 1, hash: undefined, text: '[{"ID":"a"}]' }), [{ ID: 'a' }])
  })

  it('says what came and what to check where that is no JSON', () => {
    const text = '404 page not found\n'
    assert.throws(() => contentOf({ status: 404, index: undefined, hash: undefined, text }), {
      code: 'ERR_CONSUL_ANSWER',
      message: /"404 page not found" \(HTTP status 404\).*check that the URL leads to its HTTP port/,
    })
  })
})

describe('targetOf', () => {
  it('escapes each part of the path and of the query, and adds what every request has', () => {
    const request = { path: ['kv', 'a b', 'c/d'], query: { raw: '', dc: 'ü' } }
    assert.equal(targetOf(request, 'ns=x'), '/v1/kv/a%20b/c%2Fd?raw=&dc=%C3%BC&ns=x')
  })
})

describe('nameOf', () => {
  it('is what is asked, without the query', () => {
    assert.equal(nameOf({ method: 'PUT', path: ['kv', 'a'], query: { token: 'secret' } }), 'PUT /v1/kv/a')
  })
})
