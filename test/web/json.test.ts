import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readJson, sendJson, sendJsonText } from '../../src/web/json.ts'
import { serveNode } from './serve.ts'

describe('sendJson', () => {
  it('sends status, length and headers', async t => {
    const url = await serveNode(t, (_, response) =>
      sendJson(response, { é: 1 }, { status: 201, headers: { etag: '"1"' } }),
    )
    const response = await fetch(url)
    assert.equal(response.status, 201)
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(response.headers.get('content-length'), '8')
    assert.equal(response.headers.get('etag'), '"1"')
    assert.deepEqual(await response.json(), { é: 1 })
  })

  it('sends undefined as null', async t => {
    assert.equal(await (await fetch(await serveNode(t, (_, response) => sendJson(response, undefined)))).json(), null)
  })
})

describe('sendJsonText', () => {
  it('sends strings and bytes as they are', async t => {
    const text = '{"é":"☃"}'
    for (const body of [text, Buffer.from(text)]) {
      const response = await fetch(await serveNode(t, (_, answer) => sendJsonText(answer, body)))
      assert.equal(await response.text(), text)
    }
  })
})

describe('readJson', () => {
  it('gives the value, and undefined for an empty body', async t => {
    const url = await serveNode(t, async (request, response) => sendJson(response, [await readJson(request)]))
    assert.deepEqual(await (await fetch(url, { method: 'POST', body: '{"a":"☃"}' })).json(), [{ a: '☃' }])
    assert.deepEqual(await (await fetch(url, { method: 'POST' })).json(), [null])
  })

  it('refuses what is not JSON or not UTF-8', async t => {
    const url = await serveNode(t, request => readJson(request))
    for (const body of ['{', Buffer.from([0x22, 0xff, 0x22])]) {
      const response = await fetch(url, { method: 'POST', body })
      assert.equal(response.status, 400)
      assert.match(await response.text(), /ERR_BODY_INVALID/)
    }
  })
})
