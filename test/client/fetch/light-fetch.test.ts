import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { fetch as undiciFetch } from 'undici'
import { Client } from '../../../src/client/index.ts'
import { MemoryRegistry } from '../../../src/discovery/memory-registry.ts'

type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>

const TEXT = 'The quick brown fox. '.repeat(50)

/** More than is read before anybody wants it. */
const LONG = 'x'.repeat(100_000)

/** What never ends cannot be compared. */
const ENDLESS: ReadonlySet<string> = new Set(['/begun', '/begun-gzip'])

/** What answers to what; a path of its own each. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse, request: IncomingMessage) => unknown>> = {
  '/text': response => response.end('text'),
  '/empty': response => response.end(),
  '/none': response => response.writeHead(204).end(),
  '/reset': response => response.writeHead(205).end(),
  '/unmodified': response => response.writeHead(304, { etag: '"1"' }).end(),
  '/missing': response => response.writeHead(404, 'Gone Fishing', { 'content-type': 'text/plain' }).end('nothing'),
  '/strange': response => response.writeHead(799).end('strange'),
  '/json': response => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":[1,"é"]}'),
  '/mark': response => response.end('\ufeffmarked'),
  '/binary': response => response.end(Buffer.from([0xff, 0x41, 0xc3])),
  '/headers': response =>
    response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], 'x-many': ['1', '2'], 'x-latin': 'caf\xe9' }).end(),
  '/chunks': response => {
    response.write('one ')
    setImmediate(() => response.end('two'))
  },
  '/long': response => response.end('x'.repeat(300_000)),
  '/gzip': response => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(TEXT)),
  '/x-gzip': response => response.writeHead(200, { 'content-encoding': 'X-GZip' }).end(gzipSync(TEXT)),
  '/deflate': response => response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateSync(TEXT)),
  '/raw': response => response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateRawSync(TEXT)),
  '/br': response => response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(TEXT)),
  '/zstd': response => response.writeHead(200, { 'content-encoding': 'zstd' }).end(zstdCompressSync(TEXT)),
  '/twice': response =>
    response.writeHead(200, { 'content-encoding': 'gzip, br' }).end(brotliCompressSync(gzipSync(TEXT))),
  '/unknown': response => response.writeHead(200, { 'content-encoding': 'gzip, secret' }).end('as it is'),
  '/nothing': response => response.writeHead(200, { 'content-encoding': 'gzip' }).end(),
  '/cut': response => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(TEXT).subarray(0, -12)),
  '/no-gzip': response => response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip'),
  '/missing-gzip': response => response.writeHead(404, { 'content-encoding': 'gzip' }).end(gzipSync(TEXT)),
  '/two-fields': response =>
    response.writeHead(200, ['content-encoding', 'gzip', 'content-encoding', 'gzip']).end(gzipSync(gzipSync(TEXT))),
  '/many-codings': response =>
    response.writeHead(200, { 'content-encoding': 'gzip, gzip, gzip, gzip, gzip, gzip' }).end('x'),
  '/said-in-chinese': response => response.writeHead(200, Buffer.from('成功').toString('latin1')).end('text'),
  '/broken': response => {
    response.writeHead(200, { 'content-length': 100 }).write('begun')
    setImmediate(() => response.destroy())
  },
  '/refused': response => response.destroy(),
  '/echo': (response, request) => {
    const { method, url, rawHeaders } = request
    const headers = rawHeaders
      .flatMap((name, at) => (at % 2 === 0 ? `${name.toLowerCase()}: ${rawHeaders[at + 1]}` : []))
      .toSorted()
    let body = ''
    request.on('data', data => (body += String(data)))
    request.on('end', () => response.end(JSON.stringify({ method, url, headers, body })))
  },
  '/to-other': response =>
    response.writeHead(302, { location: `http://localhost:${(server.address() as AddressInfo).port}/echo` }).end(),
  '/to-file': response => response.writeHead(302, { location: 'file:///etc/hosts' }).end(),
  '/to-nothing': response => response.writeHead(302, { location: 'http://[' }).end(),
  '/long-gzip': response => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(LONG)),
  '/long-deflate': response => response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateSync(LONG)),
  '/begun': response => void response.write('begun'),
  '/begun-gzip': response =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync(TEXT).subarray(0, 20)),
  '/unsaid': response => response.writeHead(302).end('where to?'),
  '/loop': response => response.writeHead(302, { location: '/loop' }).end(),
}

const server = createServer((request, response) => {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const [, to] = /^\/to-(\d+)$/.exec(path) ?? []
  if (to) response.writeHead(Number(to), { location: 'echo?moved' }).end('moved')
  else ANSWERS[path]?.(response, request)
})
const client = new Client({ registry: new MemoryRegistry() })
let origin = ''

before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

after(async () => {
  await client.stop()
  server.closeAllConnections()
  server.close()
})

/** What a caller sees of an answer, or of the lack of one. */
async function seen(fetch: Fetch, path: string, init?: RequestInit): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(origin + path, init)
  } catch (error) {
    return said(error)
  }
  const { status, statusText, ok, url, type, redirected, body } = response
  const headers = [...response.headers].filter(([name]) => name !== 'date')
  const text = body === null ? 'no body' : await response.text().catch(said)
  return { status, statusText, ok, url, type, redirected, headers, text, used: response.bodyUsed }
}

function said(error: unknown): unknown {
  const { name, message } = error as Error
  return { name, message }
}

/** Reads without asking for the stream before. */
async function read(fetch: Fetch, path: string, init?: RequestInit): Promise<unknown> {
  return fetch(origin + path, init)
    .then(response => response.text(), said)
    .catch(said)
}

const undici = undiciFetch as unknown as Fetch

describe('lightFetch', () => {
  for (const path of Object.keys(ANSWERS).filter(name => !ENDLESS.has(name))) {
    it(`gives what undici's fetch gives for ${path}`, async () => {
      assert.deepEqual(await seen(client.fetch, path), await seen(undici, path))
      assert.deepEqual(await read(client.fetch, path), await read(undici, path))
      assert.deepEqual(await seen(client.fetch, path, { method: 'HEAD' }), await seen(undici, path, { method: 'HEAD' }))
    })
  }

  const inits: readonly [string, RequestInit][] = [
    ['a POST of text', { method: 'POST', body: 'té' }],
    ['a method in lower case', { method: 'put', body: new TextEncoder().encode('bytes') }],
    ['a PATCH', { method: 'PATCH', body: '' }],
    ['a DELETE', { method: 'DELETE' }],
    ['a body of null', { method: 'POST', body: null }],
    ['headers in an object', { headers: { 'X-A': '1', Accept: 'text/html', Authorization: 'Basic x', Cookie: 'a=1' } }],
    [
      'headers in a list',
      {
        headers: [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
      },
    ],
    ['headers of its own kind', { method: 'POST', body: 'x', headers: new Headers({ 'content-type': 'text/html' }) }],
    ['all that is usually sent', { headers: { 'user-agent': 'me', 'accept-encoding': 'br', 'accept-language': 'de' } }],
  ]
  for (const [what, init] of inits) {
    it(`asks as undici's fetch asks: ${what}`, async () => {
      for (const path of ['/echo?a=b%20c', '/to-301', '/to-302', '/to-303', '/to-307', '/to-308', '/to-other']) {
        assert.deepEqual(await seen(client.fetch, path, init), await seen(undici, path, init))
      }
    })
  }

  const refused: readonly [string, RequestInit][] = [
    ['a body with GET', { body: 'x' }],
    ['a method that is none', { method: 'GE T' }],
    ['a forbidden method', { method: 'TRACE' }],
    ['a header that is none', { headers: { 'a b': 'c' } }],
    ['a redirect mode that is none', { redirect: 'x' } as unknown as RequestInit],
  ]
  for (const [what, init] of refused) {
    it(`refuses with a TypeError ${what}`, async () => {
      await assert.rejects(client.fetch(`${origin}/text`, init), TypeError)
      await assert.rejects(undici(`${origin}/text`, init), TypeError)
    })
  }

  it('rejects with the reason of a signal that has aborted, aborts, or aborts while the body comes', async () => {
    const reason = new Error('no longer wanted')
    await assert.rejects(client.fetch(`${origin}/text`, { signal: AbortSignal.abort(reason) }), reason)
    const soon = new AbortController()
    const answer = client.fetch(`${origin}/text`, { signal: soon.signal })
    soon.abort(reason)
    await assert.rejects(answer, reason)
    const late = new AbortController()
    const response = await client.fetch(`${origin}/long`, { signal: late.signal })
    late.abort(reason)
    await assert.rejects(response.text(), reason)
  })

  it('rejects a body that is cut off by a signal, whatever the reason is', async () => {
    for (const path of ENDLESS) {
      for (const reason of [null, 0, 'enough', new Error('no longer wanted')]) {
        const control = new AbortController()
        const response = await client.fetch(origin + path, { signal: control.signal })
        const text = response.text()
        control.abort(reason)
        await assert.rejects(text, error => error === reason || (!reason && path === '/begun-gzip'))
      }
    }
  })

  it('has all of a long body that was coded, however late it is read', async () => {
    for (const path of ['/long-gzip', '/long-deflate']) {
      const [late, slow] = [await client.fetch(origin + path), await client.fetch(origin + path)]
      let length = 0
      for await (const chunk of slow.body as unknown as AsyncIterable<Uint8Array>) {
        await nextTurn()
        length += chunk.length
      }
      assert.deepEqual([length, (await late.text()).length], [LONG.length, LONG.length])
    }
  })

  it('has a stream also of a body that was read, which is locked, and the status text in clones', async () => {
    const response = await client.fetch(`${origin}/said-in-chinese`)
    assert.equal(response.clone().statusText, '成功')
    const used = await client.fetch(`${origin}/text`)
    await used.text()
    assert.equal(used.body?.locked, true)
  })

  it('leaves no listener at a signal when all is over', async () => {
    const { signal } = new AbortController()
    await (await client.fetch(`${origin}/text`, { signal })).text()
    await assert.rejects(client.fetch(`${origin}/refused`, { signal }))
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  it('tells what happened as the cause', async () => {
    await assert.rejects(client.fetch('http://nobody/'), ({ message, cause }: Error) => {
      assert.deepEqual([message, (cause as { code: string }).code], ['fetch failed', 'ERR_UNKNOWN_SERVICE'])
      return true
    })
  })
})
