import assert from 'node:assert/strict'
import { connect as connectSocket, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { SessionClient, serveSessions, until } from './session-client.ts'

/** A socket that has asked for an upgrade and been answered, and the first line of the answer. */
async function upgraded(t: TestContext, port: number, head: string): Promise<{ socket: Socket; status: string }> {
  const socket = connectSocket(port, '127.0.0.1')
  t.after(() => socket.destroy())
  let text = ''
  socket.on('data', data => (text += data.toString()))
  socket.on('error', () => {})
  socket.write(`${head}\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`)
  socket.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
  await until(() => text.includes('\r\n'), 'there is an answer')
  return { socket, status: text.split('\r\n')[0] ?? '' }
}

async function answer(t: TestContext, port: number, head: string): Promise<string> {
  return (await upgraded(t, port, head)).status
}

describe('SessionServer', () => {
  it('opens sessions at their path alone', async t => {
    const { port } = await serveSessions(t)
    assert.match(await answer(t, port, 'GET /api/v1/session HTTP/1.1'), /^HTTP\/1.1 101 /)
    assert.match(await answer(t, port, 'GET /elsewhere HTTP/1.1'), /^HTTP\/1.1 404 /)
  })

  it('refuses pages of other origins, which a browser lets in to loopback addresses', async t => {
    const { port } = await serveSessions(t)
    const upgrade = `GET /api/v1/session HTTP/1.1\r\nOrigin: `
    for (const origin of ['https://example.com', 'null', `http://127.0.0.1:${port + 1}`]) {
      assert.match(await answer(t, port, upgrade + origin), /^HTTP\/1.1 403 /)
    }
    assert.match(await answer(t, port, `${upgrade}http://127.0.0.1:${port}`), /^HTTP\/1.1 101 /)
  })

  it('takes so many connections and no more, until one ends', async t => {
    const { connect, port, sessions } = await serveSessions(t, { sessionsMax: 2 })
    const [first] = [await connect(), await connect()]
    assert.match(await answer(t, port, 'GET /api/v1/session HTTP/1.1'), /^HTTP\/1.1 503 /)
    first.webSocket.terminate()
    await until(() => sessions.size === 1, 'one connection is over')
    await connect()
  })

  it('closes a connection that says no hello', async t => {
    const { connect, clock, sessions } = await serveSessions(t)
    const client = await connect()
    await clock.advance(10_000)
    assert.deepEqual(await client.end(), { code: 1002, reason: 'no hello' })
    await until(() => sessions.size === 0, 'it is over')
  })

  it('takes a hello that it comes to read only after the time for it, because it stood still itself', async t => {
    const { connect, clock } = await serveSessions(t)
    const client = await connect()
    await clock.advance(5_000)
    assert.equal((await client.hello('late')).type, 'welcome')
    await clock.advance(5_000)
    assert.equal(client.closed, undefined)
  })

  it('pings, and keeps a session that answers', async t => {
    const { connect, clock } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    let pings = 0
    client.webSocket.on('ping', () => pings++)
    for (let round = 1; round <= 20; round++) {
      await clock.advance(5_000)
      await until(() => pings >= round, 'a ping has come')
      client.say({ type: 'renew', seq: round })
      await client.next('ok')
    }
    assert.equal(client.closed, undefined)
  })

  it('cuts off a session that is silent for longer than any of its leases stands', async t => {
    const { connect, clock, store } = await serveSessions(t)
    const client = await silentClient(connect)
    await client.register('a', { ttlMs: 1_000 })
    await clock.advance(44_000)
    assert.equal(client.closed, undefined)
    await clock.advance(10_000)
    await until(() => [...store.leases.owners()].length === 0, 'it is cut off')
  })

  it('tells its clients to come back when it stops, and keeps what they hold', async t => {
    const { connect, sessions, store, port } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    await client.register('a')
    sessions.close()
    assert.equal((await client.end()).code, 1012)
    assert.equal(store.rosters.set('users').instances.length, 1)
    assert.match(await answer(t, port, 'GET /api/v1/session HTTP/1.1'), /^HTTP\/1.1 503 /)
  })

  it('leaves no timer behind when its last session is over', async t => {
    const { connect, sessions, clock } = await serveSessions(t)
    const client = await connect()
    client.webSocket.close()
    await until(() => sessions.size === 0, 'it is over')
    await clock.advance(5_000)
    assert.equal(clock.pending, 0)
  })

  it('outlives whatever is sent in frames', async t => {
    const { port, sessions } = await serveSessions(t)
    const message = fc.oneof(
      fc.json(),
      fc
        .record({
          type: fc.constantFrom('register', 'update', 'watch', 'ack', 'renew'),
          rest: fc.dictionary(fc.string(), fc.jsonValue()),
        })
        .map(({ type, rest }) => JSON.stringify([{ seq: 1, service: 'users', id: 'a', ttlMs: 1_000, ...rest, type }])),
      fc
        .dictionary(fc.string(), fc.jsonValue())
        .map(instance => JSON.stringify([{ type: 'register', seq: 1, service: 'users', ttlMs: 1_000, instance }])),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 5 }), async frames => {
        const client = await SessionClient.open(t, port)
        await client.hello('fuzz')
        for (const frame of frames) if (!client.closed) client.webSocket.send(frame, () => {})
        client.webSocket.close()
        await client.end()
      }),
      { numRuns: 60 },
    )
    const client = await SessionClient.open(t, port)
    await client.hello('after all')
    await client.register('z')
    await until(() => sessions.size === 1, 'the others are over')
  })

  it('outlives bytes that are no frames', async t => {
    const { port, sessions } = await serveSessions(t)
    for (let round = 0; round < 30; round++) {
      const { socket } = await upgraded(t, port, 'GET /api/v1/session HTTP/1.1')
      socket.write(Buffer.from(Array.from({ length: 200 }, (_, at) => (at * 31 + round * 17) % 256)))
      await until(() => socket.destroyed || socket.readableEnded, 'the connection is closed')
    }
    const client = await SessionClient.open(t, port)
    await client.hello('after all')
    await until(() => sessions.size === 1, 'the others are over')
  })
})

/** A client whose process is stopped, as far as its connection tells: nothing answers, nothing is closed. */
async function silentClient(connect: () => Promise<SessionClient>): Promise<SessionClient> {
  const client = await connect()
  await client.hello('stopped')
  client.webSocket.pong = () => {}
  return client
}
