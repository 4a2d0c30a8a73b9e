import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Policies, PolicyRow } from '../../../../src/daemon/consul/acl/policies.ts'
import { listedToken, tokenJson } from '../../../../src/daemon/consul/acl/token-json.ts'
import { ANONYMOUS_ID, type TokenRow } from '../../../../src/daemon/consul/acl/token-row.ts'

const ROW: TokenRow = {
  AccessorID: 'a',
  hash: 'sha256:x',
  Description: 'd',
  policies: ['p1', 'gone'],
  ServiceIdentities: [],
  NodeIdentities: [],
  Local: false,
  CreateTime: '2026-01-01T00:00:00.000Z',
  CreateIndex: 1,
  ModifyIndex: 2,
}

/** One policy, under a name that it did not always have. */
const policies = {
  get: (id: string) => (id === 'p1' ? ({ ID: 'p1', Name: 'now' } as PolicyRow) : undefined),
} as Policies

describe('tokenJson', () => {
  it('has the members that Consul has, in its order, and leaves out what is empty', () => {
    assert.deepEqual(Object.keys(tokenJson(ROW, { policies })), [
      'AccessorID',
      'SecretID',
      'Description',
      'Policies',
      'Local',
      'CreateTime',
      'Hash',
      'CreateIndex',
      'ModifyIndex',
    ])
    assert.deepEqual(Object.keys(tokenJson({ ...ROW, policies: ['gone'] }, { policies })).includes('Policies'), false)
  })

  it('names policies as they are called now, and none that is gone', () => {
    assert.deepEqual((listedToken(ROW, policies) as { Policies?: unknown }).Policies, [{ ID: 'p1', Name: 'now' }])
  })

  it('shows a secret only where somebody told it, but for that of the anonymous, which is none', () => {
    const secretOf = (row: TokenRow, secret?: string) =>
      (tokenJson(row, { policies, ...(secret !== undefined && { secret }) }) as { SecretID: string }).SecretID
    assert.deepEqual(
      [secretOf(ROW), secretOf(ROW, 's'), secretOf({ ...ROW, AccessorID: ANONYMOUS_ID })],
      ['<hidden>', 's', 'anonymous'],
    )
    assert.ok(!JSON.stringify(tokenJson(ROW, { policies })).includes('sha256'))
  })
})
