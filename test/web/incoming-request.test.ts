import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { eventually } from '../endpoint/eventually.ts'
import { gate, RawClient, serve, urlOf } from './serve.ts'

/** What `look` says about the Request made of what `client` sends. */
async function lookAt(t: TestContext, look: (request: Request) => unknown, init?: RequestInit): Promise<unknown> {
  const site = await serve(t, async request => Response.json((await look(request)) ?? null))
  return (await fetch(`${urlOf(site)}/a/../b?c=d`, init)).json()
}

const post = { method: 'POST', body: '{"a":"é"}', headers: { 'content-type': 'application/json', 'x-a': '1' } }

const twice = async (request: Request) => {
  await request.text()
  return [request.bodyUsed, await request.text().catch((error: Error) => error.name)]
}

const read = async (request: Request) => {
  const chunks: number[] = []
  for await (const chunk of request.body ?? []) chunks.push((chunk as Uint8Array).length)
  return chunks.reduce((sum, length) => sum + length, 0)
}

const clone = async (request: Request) => [await request.clone().text(), await request.text()]

const pass = async (request: Request) => {
  const other = new Request('http://other/', request)
  return [other.method, other.headers.get('x-a'), await other.text()]
}

describe('incomingRequest', () => {
  it('is a Request with method, url and headers', async t => {
    const seen = await lookAt(
      t,
      request => [
        request instanceof Request,
        request.method,
        new URL(request.url).pathname + new URL(request.url).search,
        request.headers.get('x-a'),
        request.bodyUsed,
        request.redirect,
      ],
      post,
    )
    assert.deepEqual(seen, [true, 'POST', '/b?c=d', '1', false, 'follow'])
  })

  it('gives its body in every form, once', async t => {
    assert.equal(await lookAt(t, request => request.text(), post), post.body)
    assert.deepEqual(await lookAt(t, request => request.json(), post), { a: 'é' })
    assert.equal(await lookAt(t, async request => (await request.arrayBuffer()).byteLength, post), 10)
    assert.equal(await lookAt(t, async request => (await request.blob()).type, post), 'application/json')
    assert.deepEqual(await lookAt(t, twice, post), [true, 'TypeError'])
  })

  it('has a body that streams', async t => {
    assert.equal(await lookAt(t, read, { method: 'POST', body: 'x'.repeat(300_000) }), 300_000)
    assert.equal(await lookAt(t, request => request.body), null)
  })

  it('can be cloned, and passed on as the init of another', async t => {
    assert.deepEqual(await lookAt(t, clone, post), [post.body, post.body])
    assert.deepEqual(await lookAt(t, pass, post), ['POST', '1', post.body])
  })

  it('answers 400 to what is not JSON and 413 to a body that is too long, streamed or not', async t => {
    const reads: ((request: Request) => Promise<unknown>)[] = [
      request => request.json(),
      request => request.text(),
      request => request.blob(),
      request => request.clone().text(),
    ]
    for (const attempt of reads) {
      const site = await serve(t, async request => Response.json(await attempt(request)), { bodyBytesMax: 10 })
      const response = await fetch(urlOf(site), { method: 'POST', body: 'x'.repeat(11) })
      assert.equal(response.status, 413, String(attempt))
    }
    const site = await serve(t, async request => Response.json(await request.json()))
    assert.equal((await fetch(urlOf(site), { method: 'POST', body: '{' })).status, 400)
  })

  it('does not let the Host move the path', async t => {
    const site = await serve(t, request => new Response(new URL(request.url).pathname))
    for (const host of ['evil/path?', 'user@evil', 'a b', 'x:y', '']) {
      const client = await RawClient.open(t, urlOf(site))
      client.send(`GET /x HTTP/1.1\nHost: ${host}\nConnection: close\n\n`)
      await client.ends()
      assert.match(client.received, /^HTTP\/1\.1 400 /, host)
    }
    const client = await RawClient.open(t, urlOf(site))
    client.send('GET //evil/path HTTP/1.1\nHost: [::1]:80\nConnection: close\n\n')
    await client.receives(/\r\n\/\/evil\/path$/)
  })

  it('is refused when it has two Hosts, or a target that is not of HTTP', async t => {
    const site = await serve(t, request => new Response(request.url))
    for (const head of ['GET /x HTTP/1.1\nHost: x\nHOST: y', 'GET ftp://evil/x HTTP/1.1\nHost: x']) {
      const client = await RawClient.open(t, urlOf(site))
      client.send(`${head}\nConnection: close\n\n`)
      await client.ends()
      assert.match(client.received, /^HTTP\/1\.1 400 /, head)
    }
  })

  it('tells by its signal that the client went away, and only then', async t => {
    const signals: AbortSignal[] = []
    const { opened, open } = gate()
    const site = await serve(t, async request => {
      signals.push(request.signal)
      if (request.url.endsWith('/waits')) await opened
      return new Response('done')
    })
    await (await fetch(urlOf(site))).text()
    const client = await RawClient.open(t, urlOf(site))
    client.send('GET /waits HTTP/1.1\nHost: x\n\n')
    await eventually(() => signals.length === 2)
    client.socket.destroy()
    await eventually(() => signals[1]?.aborted === true)
    open()
    assert.equal(signals[1]?.reason.code, 'ERR_CLIENT_GONE')
    assert.equal(signals[0]?.aborted, false)
  })
})
