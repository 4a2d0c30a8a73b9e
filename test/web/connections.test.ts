import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { Connections } from '../../src/web/connections.ts'
import { eventually } from '../endpoint/eventually.ts'
import { gate, RawClient } from './serve.ts'

async function setUp(t: TestContext, listener: RequestListener = (_, response) => response.end('ok')) {
  const connections = new Connections()
  const clock = new FakeClock()
  const server = createServer({ keepAliveTimeout: 0 }, listener).listen(0, '127.0.0.1')
  const sockets: Socket[] = []
  server.on('connection', socket => {
    sockets.push(socket)
    connections.add(socket)
  })
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  const deadline = new AbortController()
  const finish = () => connections.finish({ clock, silentMs: 100, signal: deadline.signal })
  const open = () => RawClient.open(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return { connections, clock, deadline, finish, open, sockets }
}

const GET = 'GET / HTTP/1.1\nHost: x\n\n'

describe('Connections', () => {
  it('have finished at once when there are none', async t => {
    const { connections, clock, finish } = await setUp(t)
    connections.announce(clock)
    await finish()
    assert.equal(clock.pending, 0)
  })

  it('close one that has been silent for long enough, and not before', async t => {
    const { connections, clock, finish, open } = await setUp(t)
    const client = await open()
    await eventually(() => connections.size === 1)
    connections.announce(clock)
    const finished = finish()
    await clock.advance(99)
    assert.equal(client.socket.readableEnded, false)
    await clock.advance(1)
    await client.ends()
    await finished
    assert.equal(client.received, '')
  })

  it('count the silence from when they were announced to end', async t => {
    const { connections, clock, finish, open } = await setUp(t)
    const client = await open()
    await eventually(() => connections.size === 1)
    connections.announce(clock)
    await clock.advance(1000)
    const finished = finish()
    await client.ends()
    await finished
  })

  it('answer a request that comes while they wait for silence, and wait anew', async t => {
    const { connections, clock, finish, open } = await setUp(t)
    const client = await open()
    await eventually(() => connections.size === 1)
    connections.announce(clock)
    const finished = finish()
    await clock.advance(99)
    client.send(GET)
    await client.receives(/200 OK.*ok$/s)
    await clock.advance(1)
    assert.equal(client.socket.readableEnded, false)
    await clock.advance(100)
    await client.ends()
    await finished
  })

  it('wait for the answer in flight and make it the last of its connection', async t => {
    const { opened, open: answer } = gate()
    const { connections, clock, finish, open, sockets } = await setUp(
      t,
      (_, response) => void opened.then(() => response.end('ok')),
    )
    const client = await open()
    client.send(GET)
    await eventually(() => (sockets[0]?.bytesRead ?? 0) > 0)
    connections.announce(clock)
    const finished = finish()
    await clock.advance(1000)
    assert.equal(client.received, '')
    answer()
    await client.receives(/Connection: close.*ok$/is)
    await client.ends()
    await finished
  })

  it('wait until a slow reader has all of its answer', async t => {
    const size = 20_000_000
    const { connections, clock, finish, open } = await setUp(t, (_, response) => response.end(Buffer.alloc(size, 'x')))
    const client = await open()
    client.socket.pause()
    client.send(GET)
    await eventually(() => connections.size === 1)
    connections.announce(clock)
    const finished = finish()
    await clock.advance(1000)
    client.socket.resume()
    await eventually(() => client.received.length > size)
    await clock.advance(1000)
    await client.ends()
    await finished
  })

  it('do not take half a request for silence', async t => {
    const { connections, clock, finish, open, sockets } = await setUp(t)
    const client = await open()
    await eventually(() => connections.size === 1)
    connections.announce(clock)
    const finished = finish()
    client.send('GET / HTTP/1.1\n')
    await eventually(() => sockets[0]?.bytesRead === 'GET / HTTP/1.1\r\n'.length)
    await clock.advance(100)
    client.send('Host: x\n\n')
    await client.receives(/200 OK/)
    await clock.advance(200)
    await client.ends()
    await finished
  })

  it('destroy who does not follow when the connection is closed', async t => {
    const { connections, clock, finish, open } = await setUp(t)
    const client = await open()
    await eventually(() => connections.size === 1)
    connections.announce(clock)
    const finished = finish()
    await clock.advance(100)
    await eventually(() => client.socket.readableEnded)
    await clock.advance(100)
    await finished
    assert.equal(connections.size, 0)
  })

  it('destroy what is left when time is up', async t => {
    const { connections, clock, deadline, finish, open } = await setUp(t, () => {})
    const client = await open()
    client.send(GET)
    await eventually(() => connections.size === 1)
    connections.announce(clock)
    const finished = finish()
    await clock.advance(1000)
    deadline.abort()
    await finished
    await client.ends()
    assert.equal(clock.pending, 0)
  })

  it('leave a connection alone that speaks another protocol', async t => {
    const { connections, clock, deadline, finish, open, sockets } = await setUp(t)
    const client = await open()
    await eventually(() => connections.size === 1)
    for (const socket of sockets) connections.upgraded(socket)
    connections.announce(clock)
    const finished = finish()
    await clock.advance(1000)
    assert.equal(client.socket.readableEnded, false)
    deadline.abort()
    await finished
  })
})
