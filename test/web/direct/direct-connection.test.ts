import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import { BadRequestError } from '../../../src/web/errors.ts'
import { nodeHandler } from '../../../src/web/site-handler.ts'
import type { SiteOptions } from '../../../src/web/site.ts'
import type { WholeAnswer, WholeRequest } from '../../../src/web/whole-request.ts'
import { eventually } from '../../endpoint/eventually.ts'
import { gate, RawClient, serve, urlOf, webFailures } from '../serve.ts'

const GET = 'GET /direct HTTP/1.1\nHost: x\n\n'
const OTHER = 'GET /other HTTP/1.1\nHost: x\n\n'

function whole(text: string, headers: readonly string[] = []): WholeAnswer {
  const bytes = Buffer.from(text)
  const head = [...headers, 'Content-Length', String(bytes.length)]
  return { status: 200, headers: head, body: { bytes, latin1: bytes.toString('latin1') } }
}

type Listener = (request: WholeRequest) => WholeAnswer | Promise<WholeAnswer>

function hash(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}

/** A site that answers `/direct` by `listener`, and everything else by node:http; and a client of it. */
async function setUp(t: TestContext, listener: Listener = () => whole('direct'), options: SiteOptions = {}) {
  const site = await serve(
    t,
    nodeHandler((request, response) => response.end(`node ${request.url}`)),
    { ...options, direct: request => (request.url?.startsWith('/direct') ? listener(request) : undefined) },
  )
  return { site, url: urlOf(site), client: await RawClient.open(t, urlOf(site)) }
}

describe('A DirectConnection', () => {
  it('answers with the head that node:http would write', async t => {
    const { client } = await setUp(t, () => whole('direct', ['X-A', '1']))
    client.send(GET)
    const text = await client.receives(/direct$/)
    const date = /^Date: (.*)\r$/m.exec(text)?.[1] ?? ''
    const lasting = 'Connection: keep-alive\r\nKeep-Alive: timeout=65\r\n\r\n'
    assert.equal(text, `HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 6\r\nDate: ${date}\r\n${lasting}direct`)
    assert.equal(new Date(date).toUTCString(), date)
  })

  it('gives the body to the listener, and no more of it than it may have', async t => {
    const { url } = await setUp(t, async request => whole(`read ${String(await request.body(4))}`))
    const put = async (body: string) => fetch(`${url}/direct`, { method: 'PUT', body })
    assert.equal(await (await put('four')).text(), 'read four')
    assert.equal((await put('fives')).status, 413)
  })

  it('sends a long body as it is', async t => {
    const long = 'é'.repeat(500_000)
    const { url } = await setUp(t, () => whole(long))
    assert.equal(hash(await (await fetch(`${url}/direct`)).text()), hash(long))
  })

  it('sends an answer whole however often it is sent, and another with the same body by its own head', async t => {
    const text = 'é'.repeat(50_000)
    const one = whole(text, ['X-A', 'one'])
    const other = { ...one, headers: ['X-A', 'two', ...one.headers.slice(2)] }
    const { url } = await setUp(t, ({ url: path }) => (path === '/direct/other' ? other : one))
    for (const [path, header] of Object.entries({ '/direct/1': 'one', '/direct/2': 'one', '/direct/other': 'two' })) {
      for (let time = 0; time < 2; time++) {
        const answer = await fetch(url + path)
        assert.deepEqual([answer.headers.get('x-a'), hash(await answer.text())], [header, hash(text)])
      }
    }
  })

  it('answers one request after the other, also those that came early', async t => {
    const asked = gate()
    const { opened, open } = gate()
    const { client } = await setUp(t, async ({ url = '' }) => {
      asked.open()
      if (url === '/direct1') await opened
      return whole(`direct ${url}`)
    })
    client.send(GET.replace('direct', 'direct1'))
    await asked.opened
    client.send(GET.replace('direct', 'direct2') + OTHER)
    open()
    const text = await client.receives(/\/other$/)
    assert.deepEqual(text.match(/(?:direct|node) \/[a-z]+\d?/g), ['direct /direct1', 'node /direct2', 'node /other'])
  })

  for (const [what, text] of [
    ['is not for the listener', OTHER],
    ['is not plain', 'PUT /direct HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n1\na\n0\n\n'],
    ['is the last of its connection', 'GET /direct HTTP/1.1\nHost: x\nConnection: close\n\n'],
  ] as const) {
    it(`gives the connection away with a request that ${what}`, async t => {
      const { client } = await setUp(t)
      client.send(GET)
      await client.receives(/direct$/)
      client.send(text)
      await client.receives(/node \//)
    })
  }

  it('reads no further request of a client that does not read its answer', async t => {
    let asked = 0
    const long = 'x'.repeat(16 * 2 ** 20)
    const { url, client: slow } = await setUp(t, () => whole(++asked === 2 ? 'second' : long))
    slow.socket.pause()
    slow.send(GET)
    await eventually(() => asked === 1)
    slow.send(GET)
    for (let turn = 0; turn < 3; turn++) assert.equal((await fetch(`${url}/other`)).status, 200)
    assert.equal(asked, 1)
    slow.socket.resume()
    await slow.receives(/second$/)
    assert.equal(asked, 2)
  })

  it('gives a request away that comes in pieces', async t => {
    const { client } = await setUp(t)
    client.send('GET /direct HTTP/1.1\nHo')
    await eventually(() => client.socket.bytesWritten > 0)
    client.send('st: x\n\n')
    await client.receives(/(?:node \/)?direct$/)
  })

  it('answers what the listener throws as an error', async t => {
    const failures = webFailures(t)
    const { url } = await setUp(t, async ({ url: path }) => {
      if (path === '/direct/bad') throw new BadRequestError('no')
      throw new Error('the password is 1234')
    })
    const bad = await fetch(`${url}/direct/bad`)
    assert.deepEqual([bad.status, await bad.json()], [400, { error: { code: 'ERR_BAD_REQUEST', message: 'no' } }])
    const unexpected = await fetch(`${url}/direct`)
    assert.equal(unexpected.status, 500)
    assert.doesNotMatch(await unexpected.text(), /1234/)
    assert.equal(failures.length, 1)
  })

  it('answers 500 where a header would end within itself', async t => {
    const failures = webFailures(t)
    const { url } = await setUp(t, () => whole('direct', ['X-A', 'a\r\nX-B: b']))
    const answer = await fetch(`${url}/direct`)
    assert.deepEqual([answer.status, answer.headers.get('x-b')], [500, null])
    assert.equal(failures.length, 1)
  })

  it('tells a listener that its client is gone', async t => {
    const gone = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    const { client } = await setUp(t, request => {
      request.whenGone(gone.resolve)
      asked.resolve()
      return new Promise(() => {})
    })
    client.send(GET)
    await asked.promise
    client.socket.destroy()
    await gone.promise
  })

  it('answers a client that ends with its request', async t => {
    const { client } = await setUp(t)
    client.socket.end(GET.replaceAll('\n', '\r\n'))
    await client.receives(/direct$/)
    await client.ends()
  })

  it('answers several clients in the turn in which they asked', async t => {
    const { client, url } = await setUp(t)
    const clients = [client, await RawClient.open(t, url), await RawClient.open(t, url)]
    for (const one of clients) one.send(GET)
    for (const one of clients) await one.receives(/direct$/)
  })

  it('ends when its client has ended', async t => {
    const { client } = await setUp(t)
    client.send(GET)
    await client.receives(/direct$/)
    client.socket.end()
    await client.ends()
  })

  it('is closed when it waits for too long for its next request', async t => {
    const { client } = await setUp(t, undefined, { keepAliveMs: 50 })
    client.send(GET)
    await client.receives(/direct$/)
    await client.ends()
  })

  it('makes the answer under way its last when the site stops, and is closed when it is silent', async t => {
    const { opened, open } = gate()
    const asked = gate()
    const { site, client, url } = await setUp(t, async () => {
      asked.open()
      await opened
      return whole('direct')
    })
    const silent = await RawClient.open(t, url)
    client.send(GET)
    await asked.opened
    const stopped = site.stop({ deadlineMs: 60_000 })
    await silent.ends()
    open()
    assert.match(await client.receives(/direct$/), /Connection: close\r\n\r\ndirect$/)
    await client.ends()
    await stopped
  })
})
