import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { WebSocket as WsClient } from 'ws'
import { systemClock } from '../../../src/core/clock.ts'
import { acceptWebSocket, upgradeProblem } from '../../../src/protocol/web-socket/accept.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const HEADERS = { upgrade: 'WebSocket', 'sec-websocket-version': '13', 'sec-websocket-key': KEY }

const problem = (method: string, headers: Record<string, string>) =>
  upgradeProblem({ method, headers } as unknown as IncomingMessage)

/** The port of a server that says back what it is told. */
async function echoing(t: TestContext): Promise<number> {
  const http = createServer()
  http.on('upgrade', (request, socket, head) => {
    const webSocket = acceptWebSocket({ request, socket, head, clock: systemClock, messageBytesMax: 1_000_000 })
    const listener = { onAlive() {}, onRoom() {}, onClose() {} }
    webSocket.listen({ ...listener, onText: text => webSocket.send(text) })
  })
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    http.closeAllConnections()
    http.close()
  })
  return (http.address() as AddressInfo).port
}

describe('upgradeProblem', () => {
  it('finds none in what asks for a WebSocket', () => {
    assert.equal(problem('GET', HEADERS), undefined)
  })

  it('finds what is missing', () => {
    assert.match(problem('POST', HEADERS) ?? '', /^400 /)
    assert.match(problem('GET', { ...HEADERS, upgrade: 'h2c' }) ?? '', /^400 /)
    assert.match(problem('GET', { ...HEADERS, 'sec-websocket-key': 'short' }) ?? '', /^400 /)
    assert.match(problem('GET', { ...HEADERS, 'content-length': '5' }) ?? '', /^400 /)
    assert.match(problem('GET', { ...HEADERS, 'transfer-encoding': 'chunked' }) ?? '', /^400 /)
    assert.match(
      problem('GET', { ...HEADERS, 'sec-websocket-version': '8' }) ?? '',
      /^426 .*\r\nSec-WebSocket-Version: 13$/,
    )
  })
})

describe('acceptWebSocket', () => {
  it('speaks with the client of another implementation, whatever the length of messages', async t => {
    const client = new WsClient(`ws://127.0.0.1:${await echoing(t)}/`, { perMessageDeflate: false })
    await once(client, 'open')
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 900_000]) {
      const text = 'é'.repeat(length % 3) + 'x'.repeat(length)
      client.send(text)
      const [data] = (await once(client, 'message')) as [Buffer]
      assert.equal(data.toString(), text)
    }
    client.ping('?')
    await once(client, 'pong')
    client.close(4001, 'done')
    const [code] = (await once(client, 'close')) as [number]
    assert.equal(code, 4001)
  })

  it('receives what has come behind the request', async t => {
    const client = new WsClient(`ws://127.0.0.1:${await echoing(t)}/`)
    client.on('upgrade', () => {})
    await once(client, 'open')
    client.send('fragment ', { fin: false })
    client.send('by fragment', { fin: true })
    const [data] = (await once(client, 'message')) as [Buffer]
    assert.equal(data.toString(), 'fragment by fragment')
    client.close()
    await once(client, 'close')
  })
})
