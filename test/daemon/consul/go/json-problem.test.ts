import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { jsonProblem } from '../../../../src/daemon/consul/go/json-problem.ts'

const PROBLEMS = {
  '': 'EOF',
  '{bad': "invalid character 'b' looking for beginning of object key string",
  x: "invalid character 'x' looking for beginning of value",
  '{"a"': 'unexpected EOF',
  '{"a" 1}': "invalid character '1' after object key",
  '{"a":1 x}': "invalid character 'x' after object key:value pair",
  '[1 2]': "invalid character '2' after array element",
  '{"a":tru}': "invalid character '}' in literal true (expecting 'e')",
  '{"a":"b': 'unexpected EOF',
  '{"a":"\\x"}': "invalid character 'x' in string escape code",
  '{"a":1,}': "invalid character '}' looking for beginning of object key string",
  "{'a':1}": "invalid character '\\'' looking for beginning of object key string",
}

describe('jsonProblem', () => {
  it('says what Go says', () => {
    for (const [text, problem] of Object.entries(PROBLEMS)) assert.equal(jsonProblem(text), problem)
  })

  it('has something to say of every text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => jsonProblem(text).length > 0))
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, at) => jsonProblem(text.slice(0, at % (text.length + 1))).length > 0),
    )
    assert.match(jsonProblem('['.repeat(100_000)), /max depth/)
  })
})
