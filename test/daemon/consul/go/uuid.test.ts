import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { idProblem, nodeIdProblem } from '../../../../src/daemon/consul/go/uuid.ts'

const RIGHT = '11111111-2222-3333-4444-AAAAaaaaffff'

describe('idProblem', () => {
  it('has nothing against hexadecimal digits with hyphens', () => {
    assert.equal(idProblem(RIGHT), undefined)
    assert.equal(idProblem('1111-1111-222233334444AAAAaaaaffff1-1-'), 'UUID must be 36 characters')
  })

  it('says what Consul says of other texts', () => {
    assert.equal(idProblem(RIGHT.replace('f', 'z')), "Invalid UUID: encoding/hex: invalid byte: U+007A 'z'")
    assert.equal(idProblem(RIGHT.replace('-', '+')), 'Input (without hyphens) must be even length')
    assert.equal(idProblem('-----1111111111111111111111111111111'), 'UUID should have maximum of 4 "-"; got 5')
    assert.equal(idProblem(''), 'UUID must be 36 characters')
  })
})

describe('nodeIdProblem', () => {
  it('wants hyphens in their places', () => {
    assert.equal(nodeIdProblem(RIGHT), undefined)
    assert.equal(nodeIdProblem(RIGHT.replace('-', '+')), 'uuid is improperly formatted')
    assert.equal(nodeIdProblem('1'), 'uuid string is wrong length')
    assert.equal(nodeIdProblem(`${RIGHT.slice(0, -1)}-`), "encoding/hex: invalid byte: U+002D '-'")
  })
})
