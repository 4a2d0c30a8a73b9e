import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { tokenHash } from '../../../../src/daemon/access/token-hash.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { guardedConsul } from '../guarded-consul.ts'

describe('Prepared queries with rules of access', () => {
  it('are shown and executed as the rights on their names, and on what they find, say', async t => {
    const { ask, status } = await guardedConsul(t)
    await ask('operator', 'PUT /v1/agent/service/register', { Name: 'pay', ID: 'p1' })
    const query = { Name: 'q', Service: { Service: 'pay' }, Token: 'reader' }
    const { body } = await ask('operator', 'POST /v1/query', query)
    assert.equal(await status('web', 'POST /v1/query', { ...query, Name: 'r' }), 403)
    assert.deepEqual((await ask('web', 'GET /v1/query')).body, [])
    assert.equal(await status('web', `GET /v1/query/${body.ID}`), 403)
    assert.equal(await status('web', `DELETE /v1/query/${body.ID}`), 403)
    assert.equal((await ask('reader', 'GET /v1/query')).body[0].Token, '<hidden>')
    assert.equal((await ask('operator', 'GET /v1/query')).body[0].Token, '<hidden>')
    assert.equal((await ask('web', 'GET /v1/query/q/execute')).body.Nodes.length, 1)
    await ask('operator', `PUT /v1/query/${body.ID}`, { ...query, Token: '' })
    assert.equal((await ask('web', 'GET /v1/query/q/execute')).body.Nodes.length, 0)
    assert.equal((await ask('reader', 'GET /v1/query/q/execute')).body.Nodes.length, 1)
  })

  it('keep of a token the hash only, take what is shown in its place for no change, and are no way in for who knows a hash', async t => {
    const dataPath = await temporaryFolder(t)
    const { ask } = await guardedConsul(t, { dataPath })
    await ask('operator', 'PUT /v1/agent/service/register', { Name: 'pay', ID: 'p1' })
    const query = { Name: 'q', Service: { Service: 'pay' }, Token: 'reader' }
    const { body } = await ask('operator', 'POST /v1/query', query)
    const found = async () => (await ask('nobody', 'GET /v1/query/q/execute')).body.Nodes?.length
    assert.equal(await found(), 1)
    const kept = await readFile(join(dataPath, 'consul.log'), 'utf8')
    assert.ok(kept.includes(tokenHash('reader')) && !kept.includes('"reader"'))
    const [shown] = (await ask('operator', `GET /v1/query/${body.ID}`)).body
    assert.ok(!('TokenHash' in shown) && shown.Token === '<hidden>')
    await ask('operator', `PUT /v1/query/${body.ID}`, { ...query, Token: '<hidden>' })
    assert.equal(await found(), 1)
    await ask('operator', `PUT /v1/query/${body.ID}`, { ...query, Token: tokenHash('reader') })
    assert.equal(await found(), undefined)
    const forged = { ...query, Token: '', TokenHash: tokenHash('reader') }
    assert.equal((await ask('operator', `PUT /v1/query/${body.ID}`, forged)).status, 400)
  })
})
