import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Acl } from '../../../../src/daemon/consul/acl/acl.ts'
import { listedToken, tokenJson } from '../../../../src/daemon/consul/acl/token-json.ts'
import { ANONYMOUS_ID, type TokenRow } from '../../../../src/daemon/consul/acl/token-row.ts'

const ROW: TokenRow = {
  AccessorID: 'a',
  hash: 'sha256:x',
  Description: 'd',
  policies: ['p1', 'gone'],
  roles: ['r1', 'gone'],
  ServiceIdentities: [],
  NodeIdentities: [],
  Local: false,
  CreateTime: '2026-01-01T00:00:00.000Z',
  CreateIndex: 1,
  ModifyIndex: 2,
}

const only = (ID: string) => ({ rows: { get: (id: string) => (id === ID ? { ID, Name: 'now' } : undefined) } })

/** One policy and one role, under names that they did not always have. */
const acl = { policies: only('p1'), roles: only('r1') } as unknown as Acl

describe('tokenJson', () => {
  it('has the members that Consul has, in its order, and leaves out what is empty', () => {
    assert.deepEqual(Object.keys(tokenJson(ROW, { acl })), [
      'AccessorID',
      'SecretID',
      'Description',
      'Policies',
      'Roles',
      'Local',
      'CreateTime',
      'Hash',
      'CreateIndex',
      'ModifyIndex',
    ])
    const keys = Object.keys(tokenJson({ ...ROW, policies: ['gone'], roles: ['gone'] }, { acl }))
    assert.deepEqual([keys.includes('Policies'), keys.includes('Roles')], [false, false])
  })

  it('names policies and roles as they are called now, and none that is gone', () => {
    const { Policies, Roles } = listedToken(ROW, acl) as { Policies?: unknown; Roles?: unknown }
    assert.deepEqual([Policies, Roles], [[{ ID: 'p1', Name: 'now' }], [{ ID: 'r1', Name: 'now' }]])
  })

  it('shows a secret only where somebody told it, but for that of the anonymous, which is none', () => {
    const secretOf = (row: TokenRow, secret?: string) =>
      (tokenJson(row, { acl, ...(secret !== undefined && { secret }) }) as { SecretID: string }).SecretID
    assert.deepEqual(
      [secretOf(ROW), secretOf(ROW, 's'), secretOf({ ...ROW, AccessorID: ANONYMOUS_ID })],
      ['<hidden>', 's', 'anonymous'],
    )
    assert.ok(!JSON.stringify(tokenJson(ROW, { acl })).includes('sha256'))
  })
})
