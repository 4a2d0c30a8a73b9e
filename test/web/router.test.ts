import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BadRequestError } from '../../src/web/errors.ts'
import { sendJson } from '../../src/web/json.ts'
import { Router } from '../../src/web/router.ts'
import { RawClient, serveNode, webFailures } from './serve.ts'

const router = new Router({ statusOf: error => (error instanceof RangeError ? 409 : undefined) })
  .route('GET', '/services/:name', ({ response, params, query }) => {
    sendJson(response, { name: params['name'], zone: query.get('zone') })
  })
  .route('PUT', '/services/:name', async ({ response }) => sendJson(response, 'put', { status: 201 }))
  .route('GET', '/fails', async () => {
    throw new Error('the password is 1234')
  })
  .route('GET', '/refuses', () => {
    throw new BadRequestError('no')
  })
  .route('GET', '/conflicts', () => {
    throw Object.assign(new RangeError('taken'), { code: 'ERR_TAKEN' })
  })
  .route('GET', '/breaks-off', ({ response }) => {
    response.writeHead(200, { 'content-length': 100 }).write('half')
    throw new Error('too late')
  })

describe('Router', () => {
  it('gives the decoded parameters and the query', async t => {
    const url = await serveNode(t, router.handle)
    const response = await fetch(`${url}/services/a%2Fb%20%C3%A9?zone=x`)
    assert.deepEqual(await response.json(), { name: 'a/b é', zone: 'x' })
  })

  it('answers 404 and 405 with what is allowed', async t => {
    const url = await serveNode(t, router.handle)
    const missing = await fetch(`${url}/nothing`)
    assert.equal(missing.status, 404)
    assert.deepEqual(await missing.json(), {
      error: { code: 'ERR_NOT_FOUND', message: 'There is nothing at /nothing' },
    })
    const wrong = await fetch(`${url}/services/x`, { method: 'DELETE' })
    assert.equal(wrong.status, 405)
    assert.equal(wrong.headers.get('allow'), 'GET, HEAD, PUT')
  })

  it('gives everything below a prefix to its answerer, whatever the method', async t => {
    const bytes = Buffer.from('whole')
    const body = { bytes, latin1: 'whole' }
    const below = new Router().below('/v1/', async request => {
      if (request.url === '/v1/refused') throw new BadRequestError('no')
      return { status: 203, headers: ['Content-Length', '5', 'X-Body', String(await request.body(10))], body }
    })
    const url = await serveNode(t, below.handle)
    const answer = await fetch(`${url}/v1/a/b?c`, { method: 'PATCH', body: 'asked' })
    assert.deepEqual([answer.status, answer.headers.get('x-body'), await answer.text()], [203, 'asked', 'whole'])
    const head = await fetch(`${url}/v1/`, { method: 'HEAD' })
    assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [203, '5', ''])
    assert.equal((await fetch(`${url}/v1/refused`)).status, 400)
    assert.equal((await fetch(`${url}/v1`)).status, 404)
  })

  it('sends to its route what the answerer of its prefix leaves to it', async t => {
    const below = new Router().below('/v1/', () => undefined)
    below.route('GET', '/v1/stream', ({ response }) => void response.end('by the route'))
    const url = await serveNode(t, below.handle)
    assert.equal(await (await fetch(`${url}/v1/stream`)).text(), 'by the route')
    assert.equal((await fetch(`${url}/v1/other`)).status, 404)
  })

  it('answers HEAD as GET, without the body', async t => {
    const response = await fetch(`${await serveNode(t, router.handle)}/services/x`, { method: 'HEAD' })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-length'), String('{"name":"x","zone":null}'.length))
  })

  it('answers a path that is not percent-encoded UTF-8 with 400', async t => {
    assert.equal((await fetch(`${await serveNode(t, router.handle)}/services/%ff`)).status, 400)
  })

  it('understands a target in absolute form', async t => {
    const client = await RawClient.open(t, await serveNode(t, router.handle))
    client.send('GET http://elsewhere/services/x?zone=y HTTP/1.1\nHost: elsewhere\n\n')
    await client.receives(/\{"name":"x","zone":"y"\}$/)
  })

  it('answers with the status of an error that has one, and of one that statusOf knows', async t => {
    const url = await serveNode(t, router.handle)
    const refused = await fetch(`${url}/refuses`)
    assert.equal(refused.status, 400)
    assert.deepEqual(await refused.json(), { error: { code: 'ERR_BAD_REQUEST', message: 'no' } })
    const conflict = await fetch(`${url}/conflicts`)
    assert.equal(conflict.status, 409)
    assert.deepEqual(await conflict.json(), { error: { code: 'ERR_TAKEN', message: 'taken' } })
  })

  it('keeps to itself what an unforeseen error says, and publishes it', async t => {
    const events = webFailures(t)
    const response = await fetch(`${await serveNode(t, router.handle)}/fails`)
    assert.equal(response.status, 500)
    assert.doesNotMatch(await response.text(), /password/)
    assert.deepEqual(
      events.map(({ event, url }) => ({ event, url })),
      [{ event: 'request.failed', url: '/fails' }],
    )
  })

  it('cuts off an answer that fails half way', async t => {
    const url = await serveNode(t, router.handle)
    await assert.rejects(async () => (await fetch(`${url}/breaks-off`)).text())
  })
})
