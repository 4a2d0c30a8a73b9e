import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { honoHandler } from '../../src/web/hono-handler.ts'
import { serve, urlOf } from './serve.ts'

describe('honoHandler', () => {
  it('serves a Hono application', async t => {
    const application = new Hono()
      .post('/echo/:name', async c => c.json({ name: c.req.param('name'), ...(await c.req.json()) }))
      .get('/form', c => c.text(`${c.req.query('q')} ${c.req.header('x-a')}`))
      .post('/form', async c => c.text((await c.req.formData()).get('field') as string))
      .get('/events', c => streamSSE(c, stream => stream.writeSSE({ data: 'one' })))
    const url = urlOf(await serve(t, honoHandler(application)))
    const echo = await fetch(`${url}/echo/a`, { method: 'POST', body: '{"b":1}' })
    assert.deepEqual(await echo.json(), { name: 'a', b: 1 })
    assert.equal(await (await fetch(`${url}/form?q=x`, { headers: { 'x-a': 'y' } })).text(), 'x y')
    const body = new FormData()
    body.set('field', 'value')
    assert.equal(await (await fetch(`${url}/form`, { method: 'POST', body })).text(), 'value')
    assert.equal(await (await fetch(`${url}/events`)).text(), 'data: one\n\n')
    assert.equal((await fetch(`${url}/nothing`)).status, 404)
  })

  it('mounts another application, which gets a Request of its own', async t => {
    const application = new Hono().mount(
      '/sub',
      async request => new Response(`${new URL(request.url).pathname} ${await request.text()}`),
    )
    const url = urlOf(await serve(t, honoHandler(application)))
    assert.equal(await (await fetch(`${url}/sub/x`, { method: 'POST', body: 'y' })).text(), '/x y')
  })
})
