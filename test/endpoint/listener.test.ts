import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { connect } from '../../src/endpoint/connect.ts'
import { listen } from '../../src/endpoint/listen.ts'
import { parseEndpoint } from '../../src/endpoint/parse-endpoint.ts'
import { eventually } from './eventually.ts'
import { closing } from './sandbox.ts'

const echo = (socket: Socket) => void socket.pipe(socket)

async function say(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [answer] = await once(socket, 'data')
  return String(answer)
}

describe('Listener', () => {
  it('holds connections, and what they say, until it accepts', async t => {
    const listener = closing(t, await listen('tcp:0:interface=127.0.0.1'))
    const early = await connect(listener.url)
    t.after(() => early.destroy())
    const answer = say(early, 'early')
    listener.accept(echo)
    assert.equal(await answer, 'early')
    const late = await connect(listener.url)
    t.after(() => late.destroy())
    assert.equal(await say(late, 'late'), 'late')
  })

  it('hands held connections over in the order they came', async t => {
    const listener = closing(t, await listen('tcp:0:interface=127.0.0.1'))
    const ports: (number | undefined)[] = []
    for (let index = 0; index < 5; index++) {
      const socket = await connect(listener.url)
      t.after(() => socket.destroy())
      ports.push(socket.localPort)
    }
    const taken: (number | undefined)[] = []
    listener.accept(socket => {
      taken.push(socket.remotePort)
      socket.destroy()
    })
    await eventually(() => taken.length === 5)
    assert.deepEqual(taken, ports)
  })

  it('forgets a held connection that its client gave up', async t => {
    const listener = closing(t, await listen('tcp:0:interface=127.0.0.1'))
    const gone = await connect(listener.url)
    gone.resetAndDestroy()
    await once(gone, 'close')
    const stays = await connect(listener.url)
    t.after(() => stays.destroy())
    await new Promise(setImmediate)
    const taken: Socket[] = []
    listener.accept(socket => {
      taken.push(socket)
      echo(socket)
    })
    assert.equal(await say(stays, 'x'), 'x')
    assert.equal(taken.filter(socket => !socket.destroyed).length, 1)
  })

  it('accepts only once', async t => {
    const listener = closing(t, await listen('tcp:0:interface=127.0.0.1'))
    listener.accept(echo)
    assert.throws(() => listener.accept(echo), TypeError)
  })

  it('frees the port when it closes and leaves accepted connections alone', async t => {
    const listener = await listen('tcp:0:interface=127.0.0.1')
    listener.accept(echo)
    const socket = await connect(listener.url)
    t.after(() => socket.destroy())
    await say(socket, 'before')
    await Promise.all([listener.close(), listener.close()])
    assert.equal(await say(socket, 'after'), 'after')
    closing(t, await listen(listener.endpoint))
  })

  it('ends held connections when it closes', async () => {
    const listener = await listen('tcp:0:interface=127.0.0.1')
    const socket = await connect(listener.url)
    const ended = once(socket, 'close')
    socket.on('error', () => {})
    await listener.close()
    await ended
  })

  it('accepts before it closes what the kernel has already connected', async t => {
    const listener = await listen('tcp:0:interface=127.0.0.1')
    let accepted = 0
    listener.accept(socket => {
      accepted++
      socket.on('error', () => {}).destroy()
    })
    const { port } = listener.endpoint as { port: number }
    const sockets = Array.from({ length: 50 }, () => connectSocket(port, '127.0.0.1').on('error', () => {}))
    t.after(() => sockets.forEach(socket => socket.destroy()))
    await listener.close()
    assert.equal(accepted, 50)
  })

  it('tells its address with the real port, and all interfaces as 0.0.0.0', async t => {
    const one = closing(t, await listen('tcp:0:interface=127.0.0.1:backlog=5'))
    assert.match(one.url, /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/)
    assert.deepEqual(one.endpoint, { ...parseEndpoint(one.url), backlog: 5 })
    const all = closing(t, await listen('tcp:0'))
    assert.match(all.url, /^tcp:\/\/0\.0\.0\.0:[1-9]\d*$/)
  })

  it('refuses more connections than it may have', async t => {
    const listener = closing(t, await listen('tcp:0:interface=127.0.0.1', { connectionsMax: 1 }))
    listener.accept(echo)
    const first = await connect(listener.url)
    t.after(() => first.destroy())
    assert.equal(await say(first, 'x'), 'x')
    const second = await connect(listener.url)
    second.on('error', () => {})
    await once(second, 'close')
    assert.equal(await say(first, 'y'), 'y')
  })
})
