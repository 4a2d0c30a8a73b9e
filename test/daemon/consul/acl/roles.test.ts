import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MASTER, serveAcl } from './acl-server.ts'

const WRITE_A = 'key "a" { policy = "write" }'

describe('Roles', () => {
  it('give a token what they allow besides its own, as they are just now', async t => {
    const { access, ask, tokenWith } = await serveAcl(t)
    await ask(MASTER, 'PUT /v1/acl/policy', { Name: 'a', Rules: WRITE_A })
    const Policies = [{ Name: 'a' }]
    const { body: role } = await ask(MASTER, 'PUT /v1/acl/role', { Name: 'one', Policies })
    const { body: other } = await ask(MASTER, 'PUT /v1/acl/role', { Name: 'two', Policies })
    const { secret } = await tokenWith('key "b" { policy = "write" }', { Roles: [{ Name: 'one' }, { ID: other.ID }] })
    const identity = access.identifyToken(secret)
    const may = () => ['a', 'b'].map(key => identity.may('kv:write', key))
    assert.deepEqual(may(), [true, true])
    await ask(MASTER, `DELETE /v1/acl/role/${other.ID}`)
    assert.deepEqual(may(), [true, true])
    await ask(MASTER, `PUT /v1/acl/role/${role.ID}`, { Name: 'one' })
    assert.deepEqual(may(), [false, true])
    const ServiceIdentities = [{ ServiceName: 'web' }]
    await ask(MASTER, `PUT /v1/acl/role/${role.ID}`, { Name: 'one', ServiceIdentities })
    assert.deepEqual([identity.may('services:register', 'web'), identity.may('nodes:read', 'n0')], [true, true])
    await ask(MASTER, `DELETE /v1/acl/role/${role.ID}`)
    assert.deepEqual([identity.may('services:register', 'web'), ...may()], [false, false, true])
  })

  it('let a policy that denies win over what another of the token or of a role allows', async t => {
    const { access, ask, tokenWith } = await serveAcl(t)
    await ask(MASTER, 'PUT /v1/acl/policy', { Name: 'no', Rules: 'key "a" { policy = "deny" }' })
    await ask(MASTER, 'PUT /v1/acl/role', { Name: 'one', Policies: [{ Name: 'no' }] })
    const { secret } = await tokenWith(WRITE_A, { Roles: [{ Name: 'one' }] })
    assert.equal(access.identifyToken(secret).may('kv:read', 'a'), false)
  })

  it('tell of changes of rights, and not of roles that are new', async t => {
    const { access, ask } = await serveAcl(t)
    let changes = 0
    access.watch(() => changes++)
    const { body } = await ask(MASTER, 'PUT /v1/acl/role', { Name: 'one' })
    assert.equal(changes, 0)
    await ask(MASTER, `PUT /v1/acl/role/${body.ID}`, { Name: 'two' })
    assert.equal(changes, 1)
    await ask(MASTER, `DELETE /v1/acl/role/${body.ID}`)
    assert.equal(changes, 2)
  })

  it('refuse who waits for what they allow no more', async t => {
    const { ask } = await serveAcl(t)
    await ask(MASTER, 'PUT /v1/acl/policy', { Name: 'a', Rules: WRITE_A })
    const { body: role } = await ask(MASTER, 'PUT /v1/acl/role', { Name: 'one', Policies: [{ Name: 'a' }] })
    const { body } = await ask(MASTER, 'PUT /v1/acl/token', { Roles: [{ Name: 'one' }] })
    await ask(body.SecretID, 'PUT /v1/kv/a', 'x')
    const { index } = await ask(body.SecretID, 'GET /v1/kv/a')
    const waiting = ask(body.SecretID, `GET /v1/kv/a?index=${index}&wait=10m`)
    await ask(MASTER, `PUT /v1/acl/role/${role.ID}`, { Name: 'one' })
    assert.equal((await waiting).status, 403)
  })

  it('are waited for, those too that there are not yet', async t => {
    const { ask } = await serveAcl(t)
    const before = await ask(MASTER, 'GET /v1/acl/role/name/one')
    assert.deepEqual([before.status, before.text], [404, ''])
    const waiting = ask(MASTER, `GET /v1/acl/role/name/one?index=${before.index}&wait=10m`)
    await ask(MASTER, 'PUT /v1/acl/role', { Name: 'one' })
    assert.equal((await waiting).body.Name, 'one')
  })

  it('are read by who may read tokens, and written by who may write them', async t => {
    const { ask, tokenWith } = await serveAcl(t)
    const { body } = await ask(MASTER, 'PUT /v1/acl/role', { Name: 'one' })
    const [reader, writer] = [await tokenWith('acl = "read"'), await tokenWith('acl = "write"')]
    const reads = ['GET /v1/acl/roles', `GET /v1/acl/role/${body.ID}`, 'GET /v1/acl/role/name/one']
    const writes = [`PUT /v1/acl/role/${body.ID}`, 'PUT /v1/acl/role', `DELETE /v1/acl/role/${body.ID}`]
    const asked: [secret: string, allowed: readonly string[]][] = [
      ['', []],
      [reader.secret, reads],
      [writer.secret, [...reads, ...writes]],
    ]
    for (const [secret, allowed] of asked) {
      for (const target of [...reads, ...writes]) {
        const { status } = await ask(secret, target, target.startsWith('PUT') ? { Name: 'two' } : undefined)
        assert.equal(status === 403, !allowed.includes(target), `${target} by ${secret}`)
      }
    }
  })
})
