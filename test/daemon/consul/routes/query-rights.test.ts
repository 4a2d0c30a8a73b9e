import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
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
    assert.equal((await ask('operator', 'GET /v1/query')).body[0].Token, 'reader')
    assert.equal((await ask('web', 'GET /v1/query/q/execute')).body.Nodes.length, 1)
    await ask('operator', `PUT /v1/query/${body.ID}`, { ...query, Token: '' })
    assert.equal((await ask('web', 'GET /v1/query/q/execute')).body.Nodes.length, 0)
    assert.equal((await ask('reader', 'GET /v1/query/q/execute')).body.Nodes.length, 1)
  })
})
