import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answerError } from '../../src/web/answer-error.ts'
import { ClientGoneError, MethodNotAllowedError } from '../../src/web/errors.ts'
import { serveNode, webFailures } from './serve.ts'

describe('answerError', () => {
  it('answers as an HttpError says, headers included, and publishes nothing', async t => {
    const events = webFailures(t)
    const url = await serveNode(t, (request, response) =>
      answerError({ request, response }, new MethodNotAllowedError('GET', ['POST'])),
    )
    const response = await fetch(url)
    assert.equal(response.status, 405)
    assert.equal(response.headers.get('allow'), 'POST')
    assert.deepEqual(events, [])
  })

  it('copes with whatever was thrown', async t => {
    for (const thrown of [undefined, null, 'text', 1, {}]) {
      const url = await serveNode(t, (request, response) => answerError({ request, response }, thrown))
      assert.equal((await fetch(url)).status, 500)
    }
  })

  it('tells of a failure without the query of the request, which may hold a token', async t => {
    const events = webFailures(t)
    const url = await serveNode(t, (request, response) => answerError({ request, response }, new Error('x')))
    await fetch(`${url}/v1/kv/a?token=secret`)
    assert.deepEqual(
      events.map(({ message, url: path }) => [message, path]),
      [['GET /v1/kv/a failed: Error: x', '/v1/kv/a']],
    )
  })

  it('drops the headers of the answer that was to be', async t => {
    const url = await serveNode(t, (request, response) => {
      response.setHeader('content-encoding', 'gzip').setHeader('content-length', 3)
      answerError({ request, response }, new Error('x'))
    })
    const response = await fetch(url)
    assert.equal(response.headers.get('content-encoding'), null)
    assert.match(await response.text(), /ERR_INTERNAL/)
  })

  it('drops the status text of an answer whose head could not be written', async t => {
    const url = await serveNode(t, (_, response) => response.writeHead(200, 'Fine', { 'x-a': 'one\r\ntwo' }))
    const response = await fetch(url)
    assert.deepEqual([response.status, response.statusText], [500, 'Internal Server Error'])
  })

  it('has nothing to say when the client is gone', async t => {
    const events = webFailures(t)
    const url = await serveNode(t, (request, response) => {
      response.destroy()
      answerError({ request, response }, new ClientGoneError())
    })
    await assert.rejects(fetch(url))
    assert.deepEqual(events, [])
  })
})
