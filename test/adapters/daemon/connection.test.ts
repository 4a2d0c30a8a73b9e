import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { WebSocketServer, type WebSocket } from 'ws'
import { systemClock } from '../../../src/core/clock.ts'
import { dialWebSocket, type ConnectionEnd } from '../../../src/adapters/daemon/connection.ts'

const dialling = (port: number) => dialWebSocket({ host: '127.0.0.1', port, clock: systemClock })

function listening(t: TestContext, server: Server | WebSocketServer): number {
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

async function webSocketServer(t: TestContext): Promise<{ port: number; accepted: Promise<WebSocket> }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const accepted = once(server, 'connection').then(([socket]) => socket as WebSocket)
  return { port: listening(t, server), accepted }
}

function listener() {
  const frames: string[] = []
  const alive = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<ConnectionEnd>()
  return {
    frames,
    alive: alive.promise,
    ended: ended.promise,
    onFrame: (frame: string) => void frames.push(frame),
    onAlive: () => alive.resolve(),
    onClose: (end: ConnectionEnd) => ended.resolve(end),
  }
}

describe('dialWebSocket', () => {
  it('carries frames both ways, and signs of life', async t => {
    const { port, accepted } = await webSocketServer(t)
    const heard = listener()
    const connection = await dialling(port)(heard)
    const other = await accepted
    connection.send('[1]')
    const [data] = (await once(other, 'message')) as [Buffer]
    assert.equal(data.toString(), '[1]')
    other.send('[2]')
    connection.ping()
    await heard.alive
    other.close(1012, 'restarting')
    assert.deepEqual(await heard.ended, { code: 1012, reason: 'restarting' })
    assert.deepEqual(heard.frames, ['[2]'])
  })

  it('hears what comes in the same packet as the handshake', async t => {
    const { port, accepted } = await webSocketServer(t)
    void accepted.then(socket => socket.send('[0]'))
    const heard = listener()
    const connection = await dialling(port)(heard)
    while (heard.frames.length === 0) await new Promise(setImmediate)
    assert.deepEqual(heard.frames, ['[0]'])
    connection.destroy()
    assert.equal((await heard.ended).code, 1006)
  })

  it('rejects when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    await assert.rejects(dialling(port)(listener()), { code: 'ECONNREFUSED' })
  })

  it('rejects what does not speak WebSocket', async t => {
    const server = createServer(socket => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = listening(t, server)
    await assert.rejects(dialling(port)(listener()), /404/)
  })

  it('leaves no socket behind when it is given up', async t => {
    const accepted = Promise.withResolvers<void>()
    const server = createServer(socket => {
      socket.on('error', () => {})
      socket.on('close', () => closed.resolve())
      accepted.resolve()
    })
    const closed = Promise.withResolvers<void>()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = listening(t, server)
    const giveUp = new AbortController()
    const dialled = dialling(port)(listener(), { signal: giveUp.signal })
    await accepted.promise
    giveUp.abort(new Error('given up'))
    await assert.rejects(dialled, /given up/)
    await closed.promise
  })
})
