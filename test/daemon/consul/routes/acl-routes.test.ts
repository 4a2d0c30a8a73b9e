import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MASTER, serveAcl } from '../acl/acl-server.ts'
import { serveConsul } from '../consul-server.ts'

describe('aclRoutes', () => {
  it('say that there are no tokens where there are none', async t => {
    const { ask } = await serveConsul(t)
    for (const target of [
      'GET /v1/acl/tokens',
      'PUT /v1/acl/bootstrap',
      'GET /v1/acl/token/self',
      'GET /v1/acl/roles',
      'PUT /v1/acl/role',
      'GET /v1/acl/role/x',
      'DELETE /v1/acl/role/x',
    ]) {
      const [method = '', path = ''] = target.split(' ')
      const { status, text } = await ask(method, path)
      assert.deepEqual([status, text], [401, 'ACL support disabled'], target)
    }
  })

  it('tell a secret once', async t => {
    const { ask } = await serveAcl(t)
    const { body: made } = await ask(MASTER, 'PUT /v1/acl/token', { Description: 'one' })
    assert.match(made.SecretID, /^[0-9a-f-]{36}$/)
    const { body: clone } = await ask(MASTER, `PUT /v1/acl/token/${made.AccessorID}/clone`, {})
    assert.notEqual(clone.SecretID, made.SecretID)
    assert.equal((await ask(MASTER, `GET /v1/acl/token/${made.AccessorID}`)).body.SecretID, '<hidden>')
    assert.equal((await ask(made.SecretID, 'GET /v1/acl/token/self')).body.SecretID, made.SecretID)
    assert.ok((await ask(MASTER, 'GET /v1/acl/tokens')).body.every((token: object) => !('SecretID' in token)))
  })

  it('refuse what there is not with a text that says what there is', async t => {
    const { ask } = await serveAcl(t)
    const refused = [
      'PUT /v1/acl/create',
      'GET /v1/acl/list',
      'PUT /v1/acl/destroy/x',
      'POST /v1/acl/login',
      'PUT /v1/acl/binding-rule',
      'GET /v1/acl/auth-method/x',
    ]
    for (const target of refused) {
      const { status, text } = await ask(MASTER, target)
      assert.deepEqual([status, /use \/v1\/acl\/token|give its tokens policies/.test(text)], [501, true], target)
    }
  })

  it('let the rights of a session and of the other ways in be those of a token', async t => {
    const { access, tokenWith } = await serveAcl(t)
    const { secret } = await tokenWith('service "orders" { policy = "write" }')
    const identity = access.identify({ headers: { authorization: `Bearer ${secret}` }, socket: {} } as never)
    assert.deepEqual(
      [identity.may('services:register', 'orders'), identity.may('services:administer', 'orders')],
      [true, false],
    )
  })
})
