import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { demandOf } from '../../../../src/daemon/consul/http/demands.ts'
import { endpoints } from '../../../../tools/consul-api/document.ts'

describe('demandOf', () => {
  it('lets nobody but operators in at endpoints of which nothing is said', () => {
    assert.deepEqual(demandOf('PUT', '/v1/some/new/endpoint'), { on: 'everything', right: 'services:administer' })
  })

  it('takes a right, or leaves it to the handler, wherever something is written', () => {
    const writes = endpoints().flatMap(({ path, methods }) =>
      Object.keys(methods).flatMap(method => (method === 'GET' ? [] : [demandOf(method, path).on])),
    )
    assert.ok(writes.length > 20 && !writes.includes('nothing'))
  })
})
