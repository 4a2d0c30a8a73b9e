import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Acl } from '../../../../src/daemon/consul/acl/acl.ts'
import { roleJson } from '../../../../src/daemon/consul/acl/role-json.ts'
import type { RoleRow } from '../../../../src/daemon/consul/acl/roles.ts'

const ROW: RoleRow = {
  ID: 'r1',
  Name: 'ops',
  Description: 'd',
  policies: ['gone', 'p1'],
  ServiceIdentities: [{ ServiceName: 'web' }],
  NodeIdentities: [],
  CreateIndex: 1,
  ModifyIndex: 2,
}

const rows = { get: (id: string) => (id === 'p1' ? { ID: 'p1', Name: 'now' } : undefined) }
const acl = { policies: { rows } } as unknown as Acl

describe('roleJson', () => {
  it('has the members that Consul has, in its order, and leaves out what is empty or gone', () => {
    const { Hash, ...shown } = roleJson(ROW, acl) as RoleRow & { readonly Hash: string }
    assert.deepEqual(shown, {
      ID: 'r1',
      Name: 'ops',
      Description: 'd',
      Policies: [{ ID: 'p1', Name: 'now' }],
      ServiceIdentities: [{ ServiceName: 'web' }],
      CreateIndex: 1,
      ModifyIndex: 2,
    })
    const names = ['ID', 'Name', 'Description', 'Policies', 'ServiceIdentities', 'Hash', 'CreateIndex', 'ModifyIndex']
    assert.deepEqual(Object.keys(roleJson(ROW, acl)), names)
    assert.notEqual((roleJson({ ...ROW, Description: 'e' }, acl) as { readonly Hash: string }).Hash, Hash)
  })
})
