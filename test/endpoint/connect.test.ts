import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { TLSSocket } from 'node:tls'
import { connect } from '../../src/endpoint/connect.ts'
import { formatEndpoint } from '../../src/endpoint/parse-endpoint.ts'
import { listen } from '../../src/endpoint/listen.ts'
import type { Listener } from '../../src/endpoint/listener.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { certificate, closing, folder } from './sandbox.ts'

const ca = certificate('ca.pem')

async function greeter(t: TestContext, endpoint: string): Promise<Listener> {
  const listener = closing(t, await listen(endpoint))
  listener.accept(socket => socket.on('error', () => {}).end('hello'))
  return listener
}

async function greeting(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

const tlsGreeter = (t: TestContext, name = 'localhost') =>
  greeter(t, `tls:0:interface=127.0.0.1:cert=${certificate(`${name}.pem`)}:key=${certificate(`${name}.key`)}`)

const toTls = (listener: Listener, options: object) =>
  formatEndpoint({ scheme: 'tls', host: '127.0.0.1', port: (listener.endpoint as { port: number }).port, ...options })

describe('connect', () => {
  it('reaches tcp and unix endpoints', async t => {
    for (const endpoint of ['tcp:0:interface=127.0.0.1', `unix:${join(folder(t), 's')}`]) {
      const listener = await greeter(t, endpoint)
      assert.equal(await greeting(await connect(listener.url)), 'hello')
    }
  })

  it('goes to localhost when no host is named', async t => {
    const { endpoint } = await greeter(t, 'tcp:0')
    assert.equal(await greeting(await connect({ scheme: 'tcp', port: (endpoint as { port: number }).port })), 'hello')
  })

  it('verifies the certificate of a TLS server against the given authority', async t => {
    const socket = await connect(toTls(await tlsGreeter(t), { ca }))
    assert(socket instanceof TLSSocket)
    assert.equal(socket.authorized, true)
    assert.equal(await greeting(socket), 'hello')
  })

  it('refuses a certificate that nobody trusted has signed', async t => {
    const listener = await tlsGreeter(t)
    await assert.rejects(connect(toTls(listener, {})), { code: 'ERR_PEER_UNTRUSTED', endpoint: listener.url })
  })

  it('refuses a certificate that is for another name, unless that name is asked for', async t => {
    const listener = await tlsGreeter(t, 'other')
    await assert.rejects(connect(toTls(listener, { ca })), { code: 'ERR_PEER_UNTRUSTED' })
    const socket = await connect(toTls(listener, { ca, servername: 'other.test' }))
    assert.equal(await greeting(socket), 'hello')
  })

  it('accepts any certificate where it is told not to verify', async t => {
    assert.equal(await greeting(await connect(toTls(await tlsGreeter(t), { verify: false }))), 'hello')
  })

  it('asks for the name it was given', async t => {
    const names: unknown[] = []
    const listener = closing(
      t,
      await listen(
        `tls:0:interface=127.0.0.1:cert=${certificate('localhost.pem')}:key=${certificate('localhost.key')}`,
      ),
    )
    listener.accept(socket => {
      names.push((socket as TLSSocket & { servername: unknown }).servername)
      socket.on('error', () => {}).destroy()
    })
    const socket = await connect(toTls(listener, { ca, servername: 'localhost' }))
    await once(socket.on('error', () => {}).resume(), 'close')
    assert.deepEqual(names, ['localhost'])
  })

  it('rejects with the system error as cause when nobody listens', async t => {
    const listener = await greeter(t, 'tcp:0:interface=127.0.0.1')
    await listener.close()
    await assert.rejects(connect(listener.url), (error: Error & { code: string }) => {
      assert.equal(error.code, 'ERR_CONNECT_FAILED')
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'ECONNREFUSED')
      return true
    })
  })

  it('gives up after its time, handshake included', async t => {
    const silent = createServer().listen(0, '127.0.0.1')
    t.after(() => silent.close())
    const accepted: Socket[] = []
    silent.on('connection', socket => accepted.push(socket.on('error', () => {})))
    t.after(() => accepted.forEach(socket => socket.destroy()))
    await once(silent, 'listening')
    const clock = new FakeClock()
    const { port } = silent.address() as { port: number }
    const connecting = connect({ scheme: 'tls', host: '127.0.0.1', port }, { clock, timeoutMs: 500 })
    const rejected = assert.rejects(connecting, { code: 'ERR_CONNECT_TIMEOUT', message: /500 ms/ })
    await once(silent, 'connection')
    await clock.advance(500)
    await rejected
    assert.equal(clock.pending, 0)
  })

  it('rejects with the reason of its signal', async t => {
    const listener = await greeter(t, 'tcp:0:interface=127.0.0.1')
    const reason = new Error('never mind')
    await assert.rejects(connect(listener.url, { signal: AbortSignal.abort(reason) }), reason)
    const controller = new AbortController()
    const connecting = connect(listener.url, { signal: controller.signal })
    controller.abort(reason)
    await assert.rejects(connecting, reason)
  })
})
