import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { controlFrame, textFrame } from '../../../src/protocol/web-socket/encode-frame.ts'
import { FrameDecoder } from '../../../src/protocol/web-socket/frame-decoder.ts'
import { WebSocket, type WebSocketEnd } from '../../../src/protocol/web-socket/web-socket.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

/** A server's side over a socket that is none, what it says, and what is heard of it. */
function serving() {
  const said: unknown[] = []
  const saying = new FrameDecoder({
    from: 'server',
    messageBytesMax: 1_000_000,
    listener: {
      onText: text => said.push(text),
      onControl: (opcode, payload) => said.push([opcode, payload.toString('latin1')]),
      onBroken: (code, reason) => assert.fail(`${code} ${reason}`),
    },
  })
  const socket = new Duplex({
    allowHalfOpen: true,
    read() {},
    write(chunk: Buffer, _encoding, done) {
      saying.push(chunk)
      done()
    },
  })
  const clock = new FakeClock()
  const heard: (string | WebSocketEnd)[] = []
  const webSocket = new WebSocket({ socket, role: 'server', clock, messageBytesMax: 1_000 })
  webSocket.listen({
    onText: text => heard.push(text),
    onAlive: () => heard.push('alive'),
    onRoom: () => heard.push('room'),
    onClose: end => heard.push(end),
  })
  return { webSocket, socket, clock, said, heard }
}

const closing = (code: number, reason = '') =>
  controlFrame(0x8, Buffer.from(String.fromCharCode(code >> 8, code & 0xff) + reason, 'latin1'), 'client')
const codeOf = (code: number) => String.fromCharCode(code >> 8, code & 0xff)

describe('WebSocket', () => {
  it('carries text both ways', () => {
    const { webSocket, said, heard } = serving()
    webSocket.receive(textFrame('to the server', 'client'))
    const texts = ['to the client', 'à tous', 'x'.repeat(1_000)]
    for (const text of texts) webSocket.send(text)
    webSocket.sendFrame(textFrame('made before', 'server'))
    assert.deepEqual([heard, said], [['to the server'], [...texts, 'made before']])
  })

  it('answers a ping with what it brought', () => {
    const { webSocket, said, heard } = serving()
    webSocket.receive(controlFrame(0x9, Buffer.from('there?'), 'client'))
    webSocket.receive(controlFrame(0xa, Buffer.from('here'), 'client'))
    webSocket.ping()
    assert.deepEqual(said, [
      [0xa, 'there?'],
      [0x9, ''],
    ])
    assert.deepEqual(heard, ['alive', 'alive'])
  })

  it('keeps no more than so many answers for one who pings and does not read', () => {
    const socket = new Duplex({ read() {}, write() {} })
    const webSocket = new WebSocket({ socket, role: 'server', clock: new FakeClock(), messageBytesMax: 1_000 })
    for (let n = 0; n < 10_000; n++) webSocket.receive(controlFrame(0x9, Buffer.alloc(125), 'client'))
    assert.ok(webSocket.bufferedBytes > 0 && webSocket.bufferedBytes < 100_000, `${webSocket.bufferedBytes} bytes`)
  })

  it('answers a goodbye and is over', async () => {
    const { webSocket, socket, said, heard, clock } = serving()
    webSocket.receive(closing(4000, 'enough'))
    assert.deepEqual([said, webSocket.isOpen], [[[0x8, codeOf(4000)]], false])
    webSocket.send('too late')
    socket.push(null)
    socket.resume()
    while (heard.length === 0) await nextTurn()
    assert.deepEqual(heard, [{ code: 4000, reason: 'enough' }])
    assert.deepEqual([said.length, clock.pending], [1, 0])
  })

  it('waits for the answer to its goodbye, but not for long', async () => {
    const { webSocket, clock, said, heard } = serving()
    webSocket.close(1012, 'é'.repeat(200))
    webSocket.close(1000, 'again')
    assert.deepEqual(said.length, 1)
    await clock.advance(4_999)
    assert.deepEqual(heard, [])
    await clock.advance(1)
    while (heard.length === 0) await nextTurn()
    assert.deepEqual(heard, [{ code: 1006, reason: '' }])
  })

  it('tells the other side what is wrong, and looks at nothing more', async () => {
    const { webSocket, clock, said, heard } = serving()
    webSocket.receive(textFrame('x'.repeat(1_001), 'client'))
    webSocket.receive(textFrame('later', 'client'))
    assert.deepEqual(said, [[0x8, `${codeOf(1009)}a message that is too long`]])
    await clock.advance(5_000)
    while (heard.length === 0) await nextTurn()
    assert.deepEqual(heard, [{ code: 1006, reason: 'a message that is too long' }])
  })

  it('is over when the connection breaks, and says by what', async () => {
    const { socket, heard } = serving()
    socket.destroy(new Error('read ECONNRESET'))
    while (heard.length === 0) await nextTurn()
    assert.deepEqual(heard, [{ code: 1006, reason: 'read ECONNRESET' }])
  })

  it('is over when the other side leaves without a goodbye', async () => {
    const { socket, heard, webSocket } = serving()
    socket.push(null)
    socket.resume()
    while (heard.length === 0) await nextTurn()
    assert.deepEqual([heard, webSocket.isOpen], [[{ code: 1006, reason: '' }], false])
    webSocket.close(1000, '')
    webSocket.ping()
    webSocket.destroy()
  })

  it('tells how much the network has not taken, and when it has', async () => {
    const { webSocket, socket, heard } = serving()
    socket.cork()
    webSocket.send('x'.repeat(100_000))
    assert.ok(webSocket.bufferedBytes > 100_000)
    socket.uncork()
    while (heard.length === 0) await nextTurn()
    assert.deepEqual([webSocket.bufferedBytes, heard], [0, ['room']])
  })
})
