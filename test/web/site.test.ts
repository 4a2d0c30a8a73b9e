import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { MultiService } from '../../src/application/multi-service.ts'
import { BaseService } from '../../src/application/base-service.ts'
import { nodeHandler } from '../../src/web/site-handler.ts'
import { Site } from '../../src/web/site.ts'
import { eventually } from '../endpoint/eventually.ts'
import { certificate, folder } from '../endpoint/sandbox.ts'
import { gate, RawClient, serve, serveNode, urlOf } from './serve.ts'

const GET = 'GET / HTTP/1.1\nHost: x\n\n'
const hello = () => new Response('hello')

/** A service that is told what to do in its phases. */
class Hooked extends BaseService {
  readonly #hooks: { start?: () => Promise<void>; drain?: () => Promise<void> }
  constructor(hooks: { start?: () => Promise<void>; drain?: () => Promise<void> }) {
    super('hooked')
    this.#hooks = hooks
  }
  protected override async onStart() {
    await this.#hooks.start?.()
  }
  protected override async onDrain() {
    await this.#hooks.drain?.()
  }
}

describe('Site', () => {
  it('knows its endpoints from when it is bound until it is stopped', async t => {
    const site = await serve(t, hello)
    assert.match(String(site.endpoints), /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/)
    assert.equal(site.status, 'ready')
    await site.stop()
    assert.deepEqual(site.endpoints, [])
    assert.equal(site.status, 'stopped')
  })

  it('holds requests that come before it starts, and answers them then', async t => {
    const { opened, open } = gate()
    const site = new Site('tcp:0:interface=127.0.0.1', hello)
    const tree = new MultiService('tree', [new Hooked({ start: () => opened }), site])
    t.after(() => tree.stop({ deadlineMs: 0 }).catch(() => {}))
    const started = tree.start()
    await eventually(() => site.endpoints.length === 1)
    const answer = fetch(urlOf(site))
    const client = await RawClient.open(t, urlOf(site))
    client.send(GET)
    open()
    await started
    assert.equal(await (await answer).text(), 'hello')
    await client.receives(/200 OK.*hello$/s)
  })

  it('serves again, on another port, when it is started again', async t => {
    const site = await serve(t, hello)
    for (let round = 0; round < 2; round++) {
      assert.equal(await (await fetch(urlOf(site))).text(), 'hello')
      await site.stop()
      await site.start()
    }
  })

  it('does not start where somebody else listens', async t => {
    const { endpoints } = await serve(t, hello)
    const late = new Site(String(endpoints), hello)
    await assert.rejects(late.start(), (error: Error) => {
      assert.equal((error.cause as { code: string }).code, 'ERR_ADDRESS_IN_USE')
      return true
    })
    assert.deepEqual(late.endpoints, [])
  })

  it('serves over TLS', async t => {
    const site = new Site(
      `tls:0:interface=127.0.0.1:cert=${certificate('localhost.pem')}:key=${certificate('localhost.key')}`,
      request => new Response(request.url),
    )
    await site.start()
    t.after(() => site.stop())
    assert.match(String(site.endpoints), /^tls:/)
    const { port } = new URL(String(site.endpoints).replace('tls:', 'https:'))
    const ca = readFileSync(certificate('ca.pem'))
    const sent = httpsRequest({ host: 'localhost', port, path: '/x', ca, agent: false }).end()
    const [response] = await once(sent, 'response')
    assert.equal((await response.toArray()).join(''), `https://localhost:${port}/x`)
  })

  it('serves on a Unix socket', async t => {
    const path = join(folder(t), 's')
    const site = new Site(`unix:${path}`, hello)
    await site.start()
    t.after(() => site.stop())
    assert.deepEqual(site.endpoints, [`unix:${path}`])
    const [response] = await once(httpRequest({ socketPath: path, agent: false }).end(), 'response')
    assert.equal((await response.toArray()).join(''), 'hello')
  })

  it('answers for its health when asked to, before the handler', async t => {
    const site = await serve(t, hello, { health: true })
    assert.deepEqual(await (await fetch(`${urlOf(site)}/readyz`)).json(), { status: 'ready' })
    assert.equal(await (await fetch(`${urlOf(await serve(t, hello))}/readyz`)).text(), 'hello')
  })

  it('still answers while it drains, not ready, each answer the last of its connection', async t => {
    const { opened, open } = gate()
    const site = new Site('tcp:0:interface=127.0.0.1', hello, { health: true })
    const tree = new MultiService('tree', [site, new Hooked({ drain: () => opened })])
    await tree.start()
    const client = await RawClient.open(t, urlOf(site))
    client.send(GET)
    await client.receives(/keep-alive.*hello$/is)
    client.received = ''
    const stopped = tree.stop()
    await eventually(() => site.status === 'draining')
    client.send(GET)
    await client.receives(/200 OK.*Connection: close.*hello$/is)
    await client.ends()
    const ready = await fetch(`${urlOf(site)}/readyz`)
    assert.deepEqual([ready.status, await ready.json()], [503, { status: 'draining' }])
    open()
    await stopped
  })

  it('finishes what is in flight before it is stopped, and accepts nothing new', async t => {
    const { opened, open } = gate()
    let begun = 0
    const site = await serve(t, async () => {
      begun++
      await opened
      return new Response('finished')
    })
    const url = urlOf(site)
    const client = await RawClient.open(t, url)
    client.send(GET)
    await eventually(() => begun === 1)
    const stopped = site.stop()
    await eventually(() => site.closing.aborted)
    await assert.rejects(fetch(url))
    open()
    await client.receives(/Connection: close.*finished$/is)
    await client.ends()
    await stopped
  })

  it('loses no request when its clients go elsewhere', async t => {
    const sites = [await serve(t, hello), await serve(t, hello)]
    let current = 0
    let answered = 0
    const { opened, open } = gate()
    const clients = Array.from({ length: 8 }, async () => {
      while (answered < 2000) {
        const response = await fetch(urlOf(sites[current] as Site), { method: 'POST' })
        assert.equal(await response.text(), 'hello')
        if (++answered === 500) open()
      }
    })
    await opened
    current = 1
    await sites[0]?.stop()
    await Promise.all(clients)
  })

  it('destroys at the deadline what has not finished', async t => {
    let begun = 0
    const site = await serve(t, () => {
      begun++
      return new Promise<Response>(() => {})
    })
    const client = await RawClient.open(t, urlOf(site))
    client.send(GET)
    await eventually(() => begun === 1)
    await site.stop({ deadlineMs: 50 })
    await client.ends()
    assert.equal(client.received, '')
  })

  it('stops with connections that never said anything', async t => {
    const site = await serve(t, hello)
    const client = await RawClient.open(t, urlOf(site))
    const stopped = site.stop()
    await client.ends()
    await stopped
  })

  it('refuses an upgrade nobody takes by answering as if it were not asked', async t => {
    const client = await RawClient.open(t, urlOf(await serve(t, hello)))
    client.send('GET / HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: websocket\n\n')
    await client.receives(/200 OK.*hello$/s)
  })

  it('answers who asks for HTTP/2 as well, as clients of Java do, as if it were not asked, also where others may upgrade', async t => {
    const site = await serve(t, request => new Response(request.headers.get('upgrade')), {
      upgrade: (_, socket) => socket.destroy(),
    })
    const client = await RawClient.open(t, urlOf(site))
    client.send(
      'GET / HTTP/1.1\nHost: x\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAAQAAP__\n\n',
    )
    await client.receives(/200 OK.*h2c$/s)
  })

  it('gives upgrades to who takes them, and leaves it to him to end them', async t => {
    const site = await serve(t, hello, {
      upgrade: (_, socket) => {
        socket
          .on('error', () => {})
          .write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
        socket.pipe(socket)
        site.closing.addEventListener('abort', () => socket.write('bye'))
      },
    })
    const client = await RawClient.open(t, urlOf(site))
    client.send('GET / HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: echo\n\n')
    await client.receives(/^HTTP\/1\.1 101 /)
    client.send('ping')
    await client.receives(/ping$/)
    const stopped = site.stop()
    await client.receives(/bye$/)
    client.send('still here')
    await client.receives(/still here$/)
    client.socket.destroy()
    await stopped
  })

  it('survives an upgrade listener that throws', async t => {
    const site = await serve(t, hello, {
      upgrade: () => {
        throw new Error('no')
      },
    })
    const client = await RawClient.open(t, urlOf(site))
    client.send('GET / HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: x\n\n')
    await client.ends()
    assert.equal(await (await fetch(urlOf(site))).text(), 'hello')
  })

  it('refuses heads that are too long and bytes that are no HTTP', async t => {
    const url = await serveNode(t, (_, response) => response.end('ok'), { headerBytesMax: 1000 })
    const long = await RawClient.open(t, url)
    long.send(`GET / HTTP/1.1\nHost: x\nX: ${'x'.repeat(2000)}\n\n`)
    await long.receives(/^HTTP\/1\.1 431 /)
    const rude = await RawClient.open(t, url)
    rude.send('\x16\x03\x01 garbage\n\n')
    await rude.receives(/^HTTP\/1\.1 400 /)
    assert.equal(await (await fetch(url)).text(), 'ok')
  })

  it('gives up on a head that does not come', async t => {
    const site = await serve(
      t,
      nodeHandler((_, response) => response.end()),
      { headersTimeoutMs: 50 },
    )
    const client = await RawClient.open(t, urlOf(site))
    client.send('GET / HTTP/1.1\n')
    await client.receives(/^HTTP\/1\.1 408 /)
  })
})
