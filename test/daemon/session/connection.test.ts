import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { Connection } from '../../../src/daemon/session/connection.ts'
import { Encoded } from '../../../src/daemon/session/encoded.ts'
import { Turn } from '../../../src/daemon/turn.ts'

/** The socket below, that keeps what is written. */
class FakeSocket extends EventEmitter {
  readonly sent: Buffer[] = []

  write(frame: Buffer): void {
    this.sent.push(frame)
  }
}

/** As much of a WebSocket as a Connection uses. */
class FakeWebSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  paused = false
  pings = 0
  closing: unknown[] = []

  pause(): void {
    this.paused = true
  }
  resume(): void {
    this.paused = false
  }
  ping(): void {
    this.pings++
  }
  close(...how: unknown[]): void {
    this.closing = how
  }
  terminate(): void {
    this.emit('close')
  }
}

function connected() {
  const webSocket = new FakeWebSocket()
  const socket = new FakeSocket()
  let now = 0
  const connection = new Connection({
    webSocket: webSocket as unknown as WebSocket,
    socket: socket as unknown as Duplex,
    turn: new Turn(),
    now: () => now,
  })
  const heard: string[] = []
  connection.listen({
    onFrame: frame => heard.push(frame),
    onRoom: () => heard.push('room'),
    onClose: () => heard.push('closed'),
  })
  return { connection, webSocket, socket, heard, pass: (ms: number) => (now += ms) }
}

/** The texts of frames with the shortest of headers. */
const texts = ({ sent }: FakeSocket) => sent.map(frame => frame.subarray(2).toString())

describe('Connection', () => {
  it('says all of one turn in one frame, in order', async () => {
    const { connection, socket } = connected()
    connection.send('{"a":1}')
    connection.send(new Encoded({ type: 'ok', seq: 1 }))
    connection.send('{"b":2}')
    assert.deepEqual(socket.sent, [])
    await nextTurn()
    assert.deepEqual(texts(socket), ['[{"a":1},{"type":"ok","seq":1},{"b":2}]'])
  })

  it('sends what is said to many as the same bytes', async () => {
    const encoded = new Encoded({ type: 'ok', seq: 1 })
    const [one, other] = [connected(), connected()]
    one.connection.send(encoded)
    other.connection.send(encoded)
    await nextTurn()
    assert.equal(one.socket.sent[0], other.socket.sent[0])
  })

  it('does not listen to a peer that does not read, and tells when there is room again', async () => {
    const { connection, webSocket, socket, heard } = connected()
    webSocket.bufferedAmount = 2 ** 21
    connection.send('{}')
    await nextTurn()
    assert.deepEqual([connection.congested, webSocket.paused, heard], [true, true, []])
    connection.ping()
    assert.equal(webSocket.pings, 0)
    webSocket.bufferedAmount = 0
    socket.emit('drain')
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
    for (const event of ['ping', 'pong']) {
      webSocket.emit(event)
      assert.equal(connection.silentMs, 0)
      pass(5)
    }
  })

  it('says what is left before it says goodbye, with a reason that fits', async () => {
    const { connection, webSocket, socket } = connected()
    connection.send('{}')
    connection.close(1012, 'é'.repeat(200))
    assert.deepEqual(texts(socket), ['[{}]'])
    const [code, reason] = webSocket.closing as [number, string]
    assert.equal(code, 1012)
    assert.ok(Buffer.byteLength(reason) <= 123)
    await nextTurn()
    assert.equal(socket.sent.length, 1)
  })

  it('drops what is said to one that is gone', async () => {
    const { connection, webSocket, socket, heard } = connected()
    connection.destroy()
    webSocket.readyState = 3
    connection.send('{}')
    await nextTurn()
    assert.deepEqual([socket.sent, heard], [[], ['closed']])
  })

  it('refuses frames that are not text', () => {
    const { webSocket, heard } = connected()
    webSocket.emit('message', Buffer.from('[]'), false)
    webSocket.emit('message', Buffer.from('[]'), true)
    assert.deepEqual([heard, webSocket.closing[0]], [['[]'], 1003])
  })
})
