import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Acl } from '../../../../src/daemon/consul/acl/acl.ts'
import { FakeClock } from '../../../../src/testing/fake-clock.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { MASTER, serveAcl } from './acl-server.ts'

describe('Acl', () => {
  it('keeps tokens, roles and policies, and of secrets nothing but hashes', async t => {
    const dataPath = await temporaryFolder(t)
    const first = await serveAcl(t, {}, { dataPath })
    await first.ask(MASTER, 'PUT /v1/acl/role', { Name: 'one', ServiceIdentities: [{ ServiceName: 'web' }] })
    const fields = { Description: 'kept', Roles: [{ Name: 'one' }] }
    const { secret, accessor } = await first.tokenWith('key "a" { policy = "write" }', fields)
    await first.close()
    const files = await readdir(dataPath)
    const texts = await Promise.all(files.map(name => readFile(join(dataPath, name), 'latin1')))
    assert.match(texts.join(''), new RegExp(accessor))
    assert.doesNotMatch(texts.join(''), new RegExp(`${secret}|${MASTER}`))
    const second = await serveAcl(t, { master: '' }, { dataPath })
    assert.equal((await second.ask(secret, 'PUT /v1/kv/a', 'x')).status, 200)
    const { body } = await second.ask(MASTER, `GET /v1/acl/token/${accessor}`)
    assert.deepEqual([body.Description, body.SecretID, body.Roles[0].Name], ['kept', '<hidden>', 'one'])
    assert.equal(second.access.identifyToken(secret).may('services:register', 'web'), true)
    const newest = (await second.ask(MASTER, 'GET /v1/acl/role/name/one')).body.ModifyIndex
    assert.ok((await second.ask(MASTER, 'PUT /v1/acl/role', { Name: 'two' })).body.CreateIndex > newest)
    assert.match((await second.ask('', 'PUT /v1/acl/bootstrap')).text, /ACL bootstrap no longer allowed/)
  })

  it('goes by roles and policies again whose removal could not be kept', () => {
    let index = 1
    const stamp = () => index++
    const journal = { changed: () => {} }
    const rest = {
      datacenter: 'dc1',
      defaultPolicy: 'deny',
      master: '',
      onChange: () => {},
      onWrite: () => {},
    } as const
    const acl = new Acl({ journal, clock: new FakeClock(), stamp, ...rest })
    const no = acl.policies.create({ Name: 'no', Rules: 'key "a" { policy = "deny" }' })
    acl.policies.create({ Name: 'yes', Rules: 'key "a" { policy = "write" }' })
    const role = acl.roles.create({ Name: 'r', Policies: [{ Name: 'no' }] })
    const { row } = acl.tokens.create({ Policies: [{ Name: 'yes' }], Roles: [{ Name: 'r' }] })
    const may = () => acl.grantsOf(row).may('kv:write', 'a')
    for (const [rows, one] of [
      [acl.policies.rows, no],
      [acl.roles.rows, role],
    ] as const) {
      assert.equal(may(), false)
      rows.remove(one.ID)
      assert.equal(may(), true)
      rows.restore(one.ID, one)
      assert.equal(may(), false)
    }
  })

  it('makes the first token once, for who comes from this machine', async t => {
    const { ask } = await serveAcl(t, { master: '' })
    const { body } = await ask('', 'PUT /v1/acl/bootstrap')
    assert.equal(body.ID, body.SecretID)
    assert.equal((await ask(body.SecretID, 'GET /v1/acl/tokens')).body.length, 2)
    assert.equal((await ask('', 'PUT /v1/acl/bootstrap')).status, 403)
  })

  it('gives service identities and node identities what they stand for, in their own data centre', async t => {
    const { access, tokenWith } = await serveAcl(t)
    const { secret } = await tokenWith('', {
      ServiceIdentities: [{ ServiceName: 'web' }, { ServiceName: 'far', Datacenters: ['dc2'] }],
      NodeIdentities: [
        { NodeName: 'n1', Datacenter: 'dc1' },
        { NodeName: 'n2', Datacenter: 'dc2' },
      ],
    })
    const identity = access.identifyToken(secret)
    assert.deepEqual(
      ['web', 'far'].map(name => identity.may('services:register', name)),
      [true, false],
    )
    assert.deepEqual(
      ['n1', 'n2'].map(name => identity.may('nodes:write', name)),
      [true, false],
    )
    assert.ok(identity.mayAll('services:read') && identity.mayAll('nodes:read') && !identity.mayAny('kv:read'))
  })
})
