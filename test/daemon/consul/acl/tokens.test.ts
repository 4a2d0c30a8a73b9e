import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MASTER, serveAcl } from './acl-server.ts'

describe('Tokens', () => {
  it('end when their time is over', async t => {
    const { ask, clock, access, tokenWith } = await serveAcl(t)
    const { secret, accessor } = await tokenWith('key "a" { policy = "read" }', { ExpirationTTL: '60s' })
    await clock.advance(59_000)
    assert.equal((await ask(secret, 'GET /v1/kv/a')).status, 404)
    let changes = 0
    access.watch(() => changes++)
    await clock.advance(1_000)
    assert.deepEqual([(await ask(secret, 'GET /v1/kv/a')).text, changes], ['ACL not found', 1])
    assert.equal((await ask(MASTER, `GET /v1/acl/token/${accessor}`)).status, 403)
  })

  it('end within half a minute when the date jumps past their time, and at their time when it is set back', async t => {
    for (const [jumpMs, afterMs] of [
      [3_600_000, 30_000],
      [-3_600_000, 600_000],
    ] as const) {
      const { ask, clock, tokenWith } = await serveAcl(t)
      const { secret } = await tokenWith('key "a" { policy = "read" }', { ExpirationTTL: '10m' })
      clock.jumpWallTime(jumpMs)
      await clock.advance(afterMs - 1_000)
      assert.equal((await ask(secret, 'GET /v1/kv/a')).status, 404)
      await clock.advance(1_000)
      assert.equal((await ask(secret, 'GET /v1/kv/a')).text, 'ACL not found')
    }
  })

  it('take a minute to a day', async t => {
    const { ask } = await serveAcl(t)
    const made = async (fields: object) => (await ask(MASTER, 'PUT /v1/acl/token', fields)).status
    assert.deepEqual(
      [await made({ ExpirationTTL: '1m' }), await made({ ExpirationTTL: '24h' }), await made({ ExpirationTTL: '59s' })],
      [200, 200, 500],
    )
    assert.equal(await made({ ExpirationTTL: '24h1s' }), 500)
    assert.equal(await made({ ExpirationTTL: '1h', ExpirationTime: '2100-01-01T00:00:00Z' }), 500)
    assert.equal(await made({ ExpirationTime: 'tomorrow' }), 400)
  })

  it('are updated by who shows the hidden secret, as clients do that read before they write', async t => {
    const { ask, tokenWith } = await serveAcl(t)
    const { accessor, secret } = await tokenWith('key "a" { policy = "read" }', { ExpirationTTL: '1h' })
    const { body } = await ask(MASTER, `GET /v1/acl/token/${accessor}`)
    assert.equal(body.SecretID, '<hidden>')
    const updated = await ask(MASTER, `PUT /v1/acl/token/${accessor}`, { ...body, Description: 'other' })
    assert.deepEqual([updated.status, updated.body.Description], [200, 'other'])
    assert.equal((await ask(secret, 'GET /v1/kv/a')).status, 404)
    const later = { ...body, ExpirationTime: '2100-01-01T00:00:00Z' }
    assert.equal((await ask(MASTER, `PUT /v1/acl/token/${accessor}`, later)).text, 'Cannot change expiration time')
  })

  it('cannot take out themselves, nor be made without the right', async t => {
    const { ask, tokenWith } = await serveAcl(t)
    const { secret, accessor } = await tokenWith('acl = "write"')
    assert.equal((await ask(secret, `DELETE /v1/acl/token/${accessor}`)).status, 500)
    const reader = await tokenWith('acl = "read"')
    assert.equal((await ask(reader.secret, 'GET /v1/acl/tokens')).status, 200)
    assert.equal((await ask(reader.secret, 'PUT /v1/acl/token', {})).status, 403)
    assert.equal((await ask('', 'GET /v1/acl/tokens')).status, 403)
  })
})
