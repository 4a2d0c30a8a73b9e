import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readAccessRules } from '../../../../src/daemon/access/access-rules.ts'
import { RulesAccess } from '../../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../../src/daemon/access/token-hash.ts'
import { AclAccess } from '../../../../src/daemon/consul/acl/acl-access.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { MASTER, serveAcl } from './acl-server.ts'

const READ_WEB = 'service "web" { policy = "read" } node_prefix "" { policy = "read" }'

describe('AclAccess', () => {
  it('lets nobody in before the daemon runs', () => {
    const access = new AclAccess({ master: MASTER })
    assert.throws(() => access.identifyToken(MASTER), { code: 'ERR_TOKEN_UNKNOWN' })
    assert.equal(access.identifyToken('').may('services:read', 'web'), false)
  })

  it('tells of changes of rights, and not of tokens that are new', async t => {
    const { access, ask, tokenWith } = await serveAcl(t)
    let changes = 0
    access.watch(() => changes++)
    const { accessor, secret } = await tokenWith(READ_WEB)
    assert.equal(changes, 0)
    const identity = access.identifyToken(secret)
    assert.deepEqual([identity.may('services:read', 'web'), identity.name], [true, `ACL token "${accessor}"`])
    await ask(MASTER, `PUT /v1/acl/token/${accessor}`, {})
    assert.deepEqual([changes, identity.may('services:read', 'web')], [1, false])
    await ask(MASTER, `DELETE /v1/acl/token/${accessor}`)
    assert.equal(changes, 2)
    assert.throws(() => access.identifyToken(secret), { code: 'ERR_TOKEN_UNKNOWN' })
  })

  it('takes the rules of a policy as they are now, and none of one that is gone', async t => {
    const { access, ask, tokenWith } = await serveAcl(t)
    const { secret } = await tokenWith(READ_WEB)
    const policy = (await ask(MASTER, 'GET /v1/acl/policies')).body.find(({ Name }: { Name: string }) =>
      Name.startsWith('p'),
    )
    const identity = access.identifyToken(secret)
    await ask(MASTER, `PUT /v1/acl/policy/${policy.ID}`, { Name: policy.Name, Rules: 'key "a" { policy = "read" }' })
    assert.deepEqual([identity.may('services:read', 'web'), identity.may('kv:read', 'a')], [false, true])
    await ask(MASTER, `DELETE /v1/acl/policy/${policy.ID}`)
    assert.equal(identity.may('kv:read', 'a'), false)
  })

  it('gives who shows no token the rights of the anonymous token, or of the default one', async t => {
    const { access, ask, tokenWith } = await serveAcl(t)
    const { secret } = await tokenWith(READ_WEB)
    const may = () => access.identifyToken('').may('services:read', 'web')
    assert.equal(may(), false)
    access.setDefault(secret)
    assert.equal(may(), true)
    assert.deepEqual(Object.keys((await ask('', 'GET /v1/catalog/services')).body), [])
    access.setDefault('')
    assert.equal(may(), false)
    const { body } = await ask(MASTER, 'GET /v1/acl/policies')
    await ask(MASTER, 'PUT /v1/acl/token/00000000-0000-0000-0000-000000000002', { Policies: [{ ID: body.at(-1).ID }] })
    assert.equal(may(), true)
  })

  it('lets in others besides: by the tokens of a file, and the anonymous by what either allows', async t => {
    const rules = {
      anonymous: { services: { public: 'read' } },
      tokens: [{ name: 'file', hash: tokenHash('file'), services: { pay: 'read' } }],
    }
    const others = new RulesAccess(readAccessRules(JSON.stringify(rules), 'rules.json'))
    const { access } = await serveAcl(t, { others })
    assert.equal(access.identifyToken('file').may('services:read', 'pay'), true)
    assert.deepEqual(
      ['public', 'pay'].map(name => access.identifyToken('').may('services:read', name)),
      [true, false],
    )
    assert.throws(() => access.identifyToken('none'), { code: 'ERR_TOKEN_UNKNOWN' })
    let changes = 0
    access.watch(() => changes++)
    others.replace(readAccessRules('{}', 'rules.json'))
    assert.equal(changes, 1)
  })

  it('lets the master token of the agent do with the agent what its operator does, and nothing else', async t => {
    const { ask } = await serveAcl(t, { agentMaster: 'agent' })
    assert.equal((await ask('agent', 'GET /v1/agent/self')).status, 200)
    assert.equal((await ask('agent', 'PUT /v1/agent/reload')).status, 200)
    assert.equal((await ask('agent', 'GET /v1/kv/a')).status, 403)
    assert.deepEqual((await ask('agent', 'GET /v1/agent/services')).body, {})
  })

  it('keeps the default token over a restart where that is wanted', async t => {
    const dataPath = await temporaryFolder(t)
    for (const keepsDefault of [true, false]) {
      const first = await serveAcl(t, { keepsDefault }, { dataPath })
      const { secret } = await first.tokenWith(READ_WEB)
      await first.ask(MASTER, 'PUT /v1/agent/token/default', { Token: keepsDefault ? secret : MASTER })
      await first.close()
      const second = await serveAcl(t, { keepsDefault }, { dataPath })
      assert.equal(second.access.identifyToken('').may('services:read', 'web'), keepsDefault)
      await second.close()
    }
  })
})
