import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { indentJson } from '../../../../src/daemon/consul/go/indent.ts'

describe('indentJson', () => {
  it('writes JSON as the engine would with four spaces, and a line end', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        const value: unknown = JSON.parse(text)
        assert.equal(indentJson(JSON.stringify(value)), `${JSON.stringify(value, null, 4)}\n`)
      }),
    )
  })

  it('leaves numbers as they are written, however large', () => {
    assert.equal(indentJson('{"Flags":18446744073709551615}'), '{\n    "Flags": 18446744073709551615\n}\n')
  })
})
