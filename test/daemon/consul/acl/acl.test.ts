import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../temporary-folder.ts'
import { MASTER, serveAcl } from './acl-server.ts'

describe('Acl', () => {
  it('keeps tokens and policies, and of secrets nothing but hashes', async t => {
    const dataPath = await temporaryFolder(t)
    const first = await serveAcl(t, {}, { dataPath })
    const { secret, accessor } = await first.tokenWith('key "a" { policy = "write" }', { Description: 'kept' })
    await first.close()
    const files = await readdir(dataPath)
    const texts = await Promise.all(files.map(name => readFile(join(dataPath, name), 'latin1')))
    assert.match(texts.join(''), new RegExp(accessor))
    assert.doesNotMatch(texts.join(''), new RegExp(`${secret}|${MASTER}`))
    const second = await serveAcl(t, { master: '' }, { dataPath })
    assert.equal((await second.ask(secret, 'PUT /v1/kv/a', 'x')).status, 200)
    const { body } = await second.ask(MASTER, `GET /v1/acl/token/${accessor}`)
    assert.deepEqual([body.Description, body.SecretID], ['kept', '<hidden>'])
    assert.match((await second.ask('', 'PUT /v1/acl/bootstrap')).text, /ACL bootstrap no longer allowed/)
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
