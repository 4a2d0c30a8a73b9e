import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashShapeOf } from '../../../../src/daemon/consul/go/hash-shape-of.ts'

describe('hashShapeOf', () => {
  it('has of each shape what a hash goes by, with the name of a struct as it is without its package', () => {
    assert.deepEqual(
      hashShapeOf({
        go: 'structs.A',
        fields: { a: 'uint', b: 'duration', c: { named: 'types.CheckID' }, d: { map: 'any' }, e: { list: 'bool' } },
      }),
      { struct: 'A', fields: { a: 'int', b: 'int', c: 'string', d: { map: 'any' }, e: { list: 'bool' } } },
    )
  })
})
