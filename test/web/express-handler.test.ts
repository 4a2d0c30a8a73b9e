import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import express from 'express'
import { expressHandler } from '../../src/web/express-handler.ts'
import { serve, urlOf } from './serve.ts'

describe('expressHandler', () => {
  it('serves an Express application', async t => {
    const application = express()
    application.use(express.json())
    application.post('/echo/:name', (request, response) => void response.json({ ...request.params, ...request.body }))
    const response = await fetch(`${urlOf(await serve(t, expressHandler(application)))}/echo/a`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"b":1}',
    })
    assert.deepEqual(await response.json(), { name: 'a', b: 1 })
  })

  it('leaves errors to Express', async t => {
    const application = express().set('env', 'test')
    application.get('/', async () => {
      throw Object.assign(new Error('teapot'), { status: 418 })
    })
    assert.equal((await fetch(urlOf(await serve(t, expressHandler(application))))).status, 418)
  })
})
