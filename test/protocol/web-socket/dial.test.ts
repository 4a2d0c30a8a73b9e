import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { WebSocketServer, type WebSocket as WsSocket } from 'ws'
import { systemClock } from '../../../src/core/clock.ts'
import { openWebSocket } from '../../../src/protocol/web-socket/dial.ts'
import type { WebSocketEnd } from '../../../src/protocol/web-socket/web-socket.ts'

function listener() {
  const ended = Promise.withResolvers<WebSocketEnd>()
  const texts: string[] = []
  let wake = Promise.withResolvers<void>()
  const onText = (text: string) => {
    texts.push(text)
    wake.resolve()
    wake = Promise.withResolvers()
  }
  const next = async () => {
    if (texts.length === 0) await wake.promise
    return texts.shift()
  }
  return { ended: ended.promise, next, onText, onAlive() {}, onRoom() {}, onClose: ended.resolve }
}

const dial = (port: number, heard = listener()) =>
  openWebSocket({
    host: '127.0.0.1',
    port,
    path: '/',
    clock: systemClock,
    messageBytesMax: 2_000_000,
    listener: heard,
  })

/** The port of a server that answers every connection with `answer`. */
async function answering(t: TestContext, answer: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket.on('error', () => {}))
    socket.once('data', () => answer(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

describe('openWebSocket', () => {
  it('speaks with the server of another implementation, whatever the length of messages', async t => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    t.after(() => server.close())
    server.on('connection', (socket: WsSocket) => socket.on('message', (data: Buffer) => socket.send(data.toString())))
    await once(server, 'listening')
    const heard = listener()
    const webSocket = await dial((server.address() as AddressInfo).port, heard)
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 1_500_000]) {
      const text = 'é'.repeat(length % 3) + 'x'.repeat(length)
      webSocket.send(text)
      assert.equal(await heard.next(), text)
    }
    webSocket.close(4001, 'done')
    assert.equal((await heard.ended).code, 4001)
  })

  it('refuses an answer that does not prove that it is of WebSocket', async t => {
    const answers = [
      'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
      'SSH-2.0-OpenSSH_9.2\r\n\r\n',
      'x'.repeat(20_000),
    ]
    for (const answer of answers) {
      const port = await answering(t, socket => socket.write(answer))
      await assert.rejects(dial(port), { code: 'ERR_HANDSHAKE' })
    }
  })

  it('rejects when the other side hangs up instead of answering', async t => {
    await assert.rejects(dial(await answering(t, socket => socket.end())), { code: 'ERR_HANDSHAKE' })
  })
})
