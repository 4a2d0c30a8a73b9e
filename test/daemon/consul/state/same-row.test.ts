import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isSameRow } from '../../../../src/daemon/consul/state/same-row.ts'

const indexes = { CreateIndex: 5, ModifyIndex: 7 }
const row = { ID: 'a', Tags: ['x', 'y'], Meta: { zone: 'z', build: '1' }, Weights: { Passing: 1 }, Address: null }

describe('isSameRow', () => {
  it('leaves the indexes aside', () => {
    assert.ok(isSameRow({ ...row, ...indexes }, structuredClone(row)))
  })

  it('takes the keys of maps and what is undefined as it comes', () => {
    const { Meta: _, ...rest } = row
    assert.ok(isSameRow({ ...row, ...indexes }, { Meta: { build: '1', zone: 'z' }, ...rest, Kind: undefined }))
    assert.ok(isSameRow({ ...row, Kind: undefined, ...indexes }, row))
  })

  const others: Readonly<Record<string, object>> = {
    'another value': { ...row, ID: 'b' },
    'another order of a list': { ...row, Tags: ['y', 'x'] },
    'a longer list': { ...row, Tags: ['x', 'y', 'z'] },
    'a map with another key': { ...row, Meta: { zone: 'z', built: '1' } },
    'a map with one key more': { ...row, Meta: { ...row.Meta, more: '' } },
    'a map with one key less': { ...row, Meta: { zone: 'z' } },
    'nothing for a map': { ...row, Weights: null },
    'a list for a map': { ...row, Weights: [] },
    'one field more': { ...row, Kind: '' },
    'one field less': { ID: 'a' },
    'another type': { ...row, ID: 1 },
  }
  for (const [what, other] of Object.entries(others)) {
    it(`tells ${what} apart`, () => assert.equal(isSameRow({ ...row, ...indexes }, other), false))
  }
})
