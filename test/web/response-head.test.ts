import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { FastResponse } from '../../src/web/fast-response.ts'
import { RawClient, serve, urlOf, webFailures } from './serve.ts'

/** All that comes back for one request by hand, until the next one on the same connection is answered. */
async function exchange(t: TestContext, answer: () => Response | Promise<Response>, method = 'GET'): Promise<string> {
  const site = await serve(t, request => (request.url.endsWith('/next') ? new Response('next') : answer()))
  const client = await RawClient.open(t, urlOf(site))
  client.send(`${method} / HTTP/1.1\nHost: x\n\nGET /next HTTP/1.1\nHost: x\n\n`)
  return client.receives(/\r\n\r\nnext$/)
}

const MAKERS = { Response, FastResponse }

for (const [name, Maker] of Object.entries(MAKERS)) {
  describe(`writeHead for a ${name}`, () => {
    it('tells the true length of a body, whatever length the handler gave it', async t => {
      for (const length of ['3', '300', '']) {
        const all = await exchange(t, () => new Maker('hello world', { headers: { 'Content-Length': length } }))
        assert.equal(all.match(/content-length: /gi)?.length, 2)
        assert.match(all, /content-length: 11\r\n.*\r\n\r\nhello worldHTTP/is)
      }
    })

    it('leaves out fields about the connection, other than that it is to close', async t => {
      const headers = {
        'Transfer-Encoding': 'chunked',
        'Keep-Alive': 'timeout=1',
        'Proxy-Connection': 'close',
        Connection: 'keep-alive, x-a',
        'x-a': '1',
      }
      const all = await exchange(t, () => new Maker('hello', { headers }))
      assert.doesNotMatch(all, /chunked|timeout=1\r|proxy|keep-alive, x-a/i)
      assert.match(all, /x-a: 1\r\n.*\r\n\r\nhelloHTTP/is)
      const site = await serve(t, () => new Maker('hello', { headers: { connection: 'close' } }))
      const client = await RawClient.open(t, urlOf(site))
      client.send('GET / HTTP/1.1\nHost: x\n\n')
      await client.ends()
      assert.match(client.received, /connection: close/i)
    })

    it('gives an answer without a body the length 0, or none where it has none', async t => {
      assert.match(await exchange(t, () => new Maker(null)), /content-length: 0\r\n/i)
      const noContent = await exchange(t, () => new Maker(null, { status: 204, headers: { 'content-length': '3' } }))
      assert.doesNotMatch(noContent, /content-length: [03]|chunked/i)
    })

    it('hands on the length that an answer to HEAD, or 304, tells of', async t => {
      const headers = { 'content-length': '300' }
      assert.match(await exchange(t, () => new Maker(null, { headers }), 'HEAD'), /content-length: 300/i)
      assert.match(await exchange(t, () => new Maker(null, { status: 304, headers })), /content-length: 300/i)
      const empty = { headers: { 'content-length': '' } }
      assert.doesNotMatch(await exchange(t, () => new Maker(null, empty), 'HEAD'), /content-length: \r/i)
    })
  })
}

/** Makes an answer of ten bytes, in two pieces, that claims to have `length`. */
function claiming(length: string): () => Response {
  return () =>
    new Response(ReadableStream.from([Buffer.from('hello'), Buffer.from('world')]), {
      headers: { 'content-length': length },
    })
}

describe('writeHead', () => {
  it('keeps the length given for a stream, and cuts off one that does not keep it', async t => {
    const events = webFailures(t)
    assert.match(await exchange(t, claiming('10')), /content-length: 10\r\n.*helloworldHTTP/is)
    for (const length of ['3', '30']) {
      const client = await RawClient.open(t, urlOf(await serve(t, claiming(length))))
      client.send('GET / HTTP/1.1\nHost: x\n\nGET / HTTP/1.1\nHost: x\n\n')
      await client.ends()
      assert.doesNotMatch(client.received, /world.*HTTP/s)
    }
    assert.equal(events.length > 0, true)
  })

  it('hands on what was fetched as it is now, no longer encoded', async t => {
    const text = 'hello '.repeat(1000)
    const upstream = createServer((_, response) => {
      const body = gzipSync(text)
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length }).end(body)
    }).listen(0, '127.0.0.1')
    t.after(() => upstream.close().closeAllConnections())
    await once(upstream, 'listening')
    const site = await serve(t, () => fetch(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`))
    const response = await fetch(urlOf(site))
    assert.equal(response.headers.get('content-encoding'), null)
    assert.equal(await response.text(), text)
  })
})
