import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Connection } from '../../../src/daemon/session/connection.ts'
import { Encoded } from '../../../src/daemon/session/encoded.ts'
import type { WebSocketListener } from '../../../src/protocol/web-socket/web-socket.ts'
import { Turn } from '../../../src/daemon/turn.ts'

/** As much of a WebSocket as a Connection uses, that keeps what is sent. */
class FakeWebSocket {
  isOpen = true
  bufferedBytes = 0
  paused = false
  pings = 0
  readonly sent: (Buffer | string)[] = []
  closing: unknown[] = []
  heard: WebSocketListener | undefined

  listen(listener: WebSocketListener): void {
    this.heard = listener
  }
  pause(): void {
    this.paused = true
  }
  resume(): void {
    this.paused = false
  }
  send(text: string): void {
    this.sent.push(text)
  }
  sendFrame(frame: Buffer): void {
    this.sent.push(frame)
  }
  ping(): void {
    this.pings++
  }
  close(...how: unknown[]): void {
    this.closing = how
  }
  destroy(): void {
    this.isOpen = false
    this.heard?.onClose({ code: 1006, reason: '' })
  }
}

function connected() {
  const webSocket = new FakeWebSocket()
  let now = 0
  const connection = new Connection({ webSocket, turn: new Turn(), now: () => now })
  const heard: string[] = []
  connection.listen({
    onFrame: frame => heard.push(frame),
    onRoom: () => heard.push('room'),
    onClose: () => heard.push('closed'),
  })
  return { connection, webSocket, heard, pass: (ms: number) => (now += ms) }
}

/** What was sent as text. */
const texts = ({ sent }: FakeWebSocket) => sent.filter(one => typeof one === 'string')

describe('Connection', () => {
  it('says all of one turn in one frame, in order', async () => {
    const { connection, webSocket } = connected()
    connection.send('{"a":1}')
    connection.send(new Encoded({ type: 'ok', seq: 1 }))
    connection.send('{"b":2}')
    assert.deepEqual(webSocket.sent, [])
    await nextTurn()
    assert.deepEqual(texts(webSocket), ['[{"a":1},{"type":"ok","seq":1},{"b":2}]'])
  })

  it('says answers after all that is told in the same turn, and with it', async () => {
    const { connection, webSocket } = connected()
    connection.answer('{"ok":1}')
    connection.add('{"a":1}')
    connection.flush()
    connection.add('{"b":2}')
    connection.flush()
    assert.deepEqual(webSocket.sent, [])
    await nextTurn()
    assert.deepEqual(texts(webSocket), ['[{"a":1},{"b":2},{"ok":1}]'])
    connection.answer('{"ok":2}')
    await nextTurn()
    assert.deepEqual(texts(webSocket).slice(1), ['[{"ok":2}]'])
  })

  it('says at once, in one frame, what was sent and added before a flush, and nothing twice', async () => {
    const { connection, webSocket } = connected()
    connection.send('{"a":1}')
    connection.add('{"b":2}')
    connection.flush()
    assert.deepEqual(texts(webSocket), ['[{"a":1},{"b":2}]'])
    connection.flush()
    await nextTurn()
    assert.equal(webSocket.sent.length, 1)
  })

  it('sends what is said to many as the same bytes', async () => {
    const encoded = new Encoded({ type: 'ok', seq: 1 })
    const [one, other] = [connected(), connected()]
    one.connection.send(encoded)
    other.connection.send(encoded)
    await nextTurn()
    assert.equal(one.webSocket.sent[0], encoded.frame)
    assert.equal(other.webSocket.sent[0], encoded.frame)
  })

  it('does not listen to a peer that does not read, and tells when there is room again', async () => {
    const { connection, webSocket, heard } = connected()
    webSocket.bufferedBytes = 2 ** 21
    connection.send('{}')
    await nextTurn()
    assert.deepEqual([connection.congested, webSocket.paused, heard], [true, true, []])
    connection.ping()
    assert.equal(webSocket.pings, 0)
    webSocket.bufferedBytes = 0
    webSocket.heard?.onRoom()
    assert.deepEqual([connection.congested, webSocket.paused, heard], [false, false, ['room']])
  })

  it('is congested by what waits for the end of the turn as well', async () => {
    const { connection, heard } = connected()
    connection.send('x'.repeat(2 ** 21))
    assert.equal(connection.congested, true)
    await nextTurn()
    assert.deepEqual([connection.congested, heard], [false, ['room']])
  })

  it('knows how long nothing was heard', () => {
    const { connection, webSocket, pass } = connected()
    pass(5)
    assert.equal(connection.silentMs, 5)
    for (const hear of [() => webSocket.heard?.onAlive(), () => webSocket.heard?.onText('[]')]) {
      hear()
      assert.equal(connection.silentMs, 0)
      pass(5)
    }
  })

  it('says what is left before it says goodbye', async () => {
    const { connection, webSocket } = connected()
    connection.send('{}')
    connection.close(1012, 'restarting')
    assert.deepEqual(texts(webSocket), ['[{}]'])
    assert.deepEqual(webSocket.closing, [1012, 'restarting'])
    await nextTurn()
    assert.equal(webSocket.sent.length, 1)
  })

  it('drops what is said to one that is gone', async () => {
    const { connection, webSocket, heard } = connected()
    connection.destroy()
    connection.send('{}')
    await nextTurn()
    assert.deepEqual([webSocket.sent, heard], [[], ['closed']])
  })
})
