import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type HashShape, structHash } from '../../../../src/daemon/consul/go/struct-hash.ts'

describe('structHash', () => {
  it('is FNV-1 of the bytes of a text', () => {
    assert.equal(structHash('', 'string'), 0xcbf29ce484222325n)
    assert.equal(structHash('a', 'string'), 0xaf63bd4c8601b7ben)
    assert.equal(structHash('foobar', 'string'), 0x340d8765a4dda9c2n)
  })

  it('takes what is absent for the zero of its type', () => {
    const shape: HashShape = {
      struct: 'S',
      fields: { a: 'string', b: 'int', c: 'bool', d: { list: 'int' }, e: { map: 'any' } },
    }
    assert.equal(structHash({}, shape), structHash({ a: '', b: 0, c: false, d: [], e: {} }, shape))
    assert.notEqual(structHash({ c: true }, shape), structHash({}, shape))
  })

  it('tells nil from a pointer to nothing, and JSON by its kinds', () => {
    const pointer: HashShape = { pointer: { struct: 'S', fields: {} } }
    assert.notEqual(structHash(undefined, pointer), structHash({}, pointer))
    const values = ['1', 1, true, [1], { 1: 1 }, null, false, 1.5]
    assert.equal(new Set(values.map(value => structHash(value, 'any'))).size, values.length)
  })
})
