import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { TcpRelay } from '../../src/testing/tcp-relay.ts'

interface Line {
  relay: TcpRelay
  clock: FakeClock
  /** What arrives at the client. */
  client: Socket & { heard: string }
  /** The accepted end of the newest connection. */
  server: Socket & { heard: string }
}

describe('TcpRelay', () => {
  it('passes data and the end of it both ways', async t => {
    const { client, server } = await open(t)
    client.write('question')
    await until(() => server.heard === 'question')
    client.end()
    await once(server, 'end')
    server.end('answer')
    await once(client, 'end')
    assert.equal(client.heard, 'answer')
  })

  it('cuts with a reset on both sides, and relays new connections', async t => {
    const { relay, client, server } = await open(t)
    const errors = Promise.all([once(client, 'error'), once(server, 'error')])
    relay.cut()
    assert.deepEqual(
      (await errors).flat().map(error => (error as NodeJS.ErrnoException).code),
      ['ECONNRESET', 'ECONNRESET'],
    )
    await until(() => relay.connections === 0)
    const again = connect(relay.port)
    t.after(() => again.destroy())
    await until(() => relay.connections === 1)
  })

  it('refuses until it heals', async t => {
    const { relay } = await open(t)
    relay.refuse()
    const refused = connect(relay.port)
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
    assert.equal(error.code, 'ECONNRESET')
    relay.heal()
    const accepted = connect(relay.port)
    t.after(() => accepted.destroy())
    await until(() => relay.connections === 1)
  })

  it('holds everything back while paused and loses nothing', async t => {
    const { relay, client, server } = await open(t)
    relay.pause()
    client.end('held')
    await turns(20)
    assert.equal(server.heard, '')
    relay.heal()
    await once(server, 'end')
    assert.equal(server.heard, 'held')
  })

  it('delays every piece on its clock', async t => {
    const { relay, clock, client, server } = await open(t)
    relay.delayMs = 50
    client.write('slow')
    await until(() => clock.pending === 1)
    await clock.advance(49)
    assert.equal(server.heard, '')
    await clock.advance(1)
    await until(() => server.heard === 'slow')
  })

  it('trickles a byte at a time', async t => {
    const { relay, client, server } = await open(t)
    relay.trickle()
    const sizes: number[] = []
    server.on('data', data => sizes.push(data.length))
    client.write('0123456789')
    await until(() => server.heard === '0123456789')
    assert.ok(sizes.length > 1)
  })

  it('leaves the client in the dark on a half-open connection', async t => {
    const { relay, client, server } = await open(t)
    relay.halfOpen()
    await once(server, 'error')
    client.write('anybody there?')
    await turns(20)
    assert.deepEqual([client.destroyed, client.readableEnded, relay.connections], [false, false, 1])
  })

  it('resets the client when the target refuses', async t => {
    const { relay } = await open(t)
    relay.target = { port: 1 }
    const [error] = (await once(connect(relay.port), 'error')) as [NodeJS.ErrnoException]
    assert.equal(error.code, 'ECONNRESET')
  })
})

async function open(t: TestContext): Promise<Line> {
  const target = createServer({ allowHalfOpen: true })
  target.listen(0, '127.0.0.1')
  await once(target, 'listening')
  const clock = new FakeClock()
  const relay = await TcpRelay.listen({ port: (target.address() as AddressInfo).port }, { clock })
  const client = connect({ port: relay.port, allowHalfOpen: true })
  const [server] = (await once(target, 'connection')) as [Socket]
  t.after(async () => {
    client.destroy()
    server.destroy()
    await relay[Symbol.asyncDispose]()
    target.close()
  })
  return { relay, clock, client: hearing(client), server: hearing(server) }
}

function hearing(socket: Socket): Socket & { heard: string } {
  const hearer = Object.assign(socket, { heard: '' })
  socket.setEncoding('utf8').on('data', data => (hearer.heard += String(data)))
  socket.on('error', () => {})
  return hearer
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    assert.ok(turn < 100_000, `never came true: ${String(condition)}`)
    await nextTurn()
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn()
}
