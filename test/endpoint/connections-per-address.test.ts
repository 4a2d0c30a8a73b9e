import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { clientOf } from '../../src/endpoint/connections-per-address.ts'
import { listen } from '../../src/endpoint/listen.ts'
import type { TcpEndpoint } from '../../src/endpoint/endpoint.ts'
import { certificate } from './sandbox.ts'
import { observe } from '../../src/core/event.ts'

async function listening(t: TestContext, endpoint = 'tcp:0:interface=127.0.0.1') {
  const listener = await listen(endpoint, { connectionsPerAddressMax: 2 })
  t.after(() => listener.close())
  const accepted = new Set<Socket>()
  listener.accept(socket => {
    accepted.add(socket)
    socket.on('error', () => {}).once('close', () => accepted.delete(socket))
    socket.write('hello')
  })
  t.after(() => accepted.forEach(socket => socket.destroy()))
  const { port } = listener.endpoint as TcpEndpoint
  /** What a connection from there comes to. */
  const from = async (localAddress: string, scheme: 'tcp' | 'tls' = 'tcp') => {
    const options = { port, host: '127.0.0.1', localAddress }
    const socket = scheme === 'tls' ? connectTls({ ...options, rejectUnauthorized: false }) : connectSocket(options)
    t.after(() => socket.destroy())
    socket.on('error', () => {})
    const { promise: outcome, resolve } = Promise.withResolvers<string>()
    socket.once('data', () => resolve('open')).once('close', () => resolve('closed'))
    return { socket, port, outcome: await outcome }
  }
  return { accepted, from }
}

describe('limitPerAddress', () => {
  it('takes as many connections of an address as may be, closes one more, and takes others again when one has gone', async t => {
    const { accepted, from } = await listening(t)
    const refused: string[] = []
    t.after(observe('endpoint', ({ event, message }) => event === 'connection.refused' && refused.push(message)))
    const first = await from('127.0.0.1')
    assert.deepEqual([first.outcome, (await from('127.0.0.1')).outcome], ['open', 'open'])
    assert.deepEqual([(await from('127.0.0.1')).outcome, (await from('127.0.0.1')).outcome], ['closed', 'closed'])
    assert.equal(accepted.size, 2)
    assert.deepEqual([refused.length, /127\.0\.0\.1 has as many connections/.test(refused[0] ?? '')], [1, true])
    first.socket.destroy()
    while (accepted.size > 1) await new Promise(setImmediate)
    assert.equal((await from('127.0.0.1')).outcome, 'open')
  })

  it('counts over TLS from before the handshake on', async t => {
    const endpoint = `tls:0:interface=127.0.0.1:cert=${certificate('localhost.pem')}:key=${certificate('localhost.key')}`
    const { accepted, from } = await listening(t, endpoint)
    const { port } = await from('127.0.0.1', 'tls')
    const silent = connectSocket({ port, host: '127.0.0.1' })
    t.after(() => silent.destroy())
    await once(silent, 'connect')
    assert.deepEqual([(await from('127.0.0.1', 'tls')).outcome, accepted.size], ['closed', 1])
    silent.destroy()
    let outcome = 'closed'
    while (outcome === 'closed') ({ outcome } = await from('127.0.0.1', 'tls'))
    assert.equal(accepted.size, 2)
    assert.equal((await from('127.0.0.1', 'tls')).outcome, 'closed')
  })

  it(
    'counts every address for itself',
    { skip: process.platform !== 'linux' && 'other addresses of the loopback interface are on Linux' },
    async t => {
      const { from } = await listening(t)
      for (const address of ['127.0.0.1', '127.0.0.1', '127.0.0.2', '127.0.0.2'])
        assert.equal((await from(address)).outcome, 'open')
      assert.equal((await from('127.0.0.2')).outcome, 'closed')
    },
  )
})

describe('clientOf', () => {
  it('knows an IPv4 address in either form, and takes a network of IPv6 for one client', () => {
    assert.deepEqual(
      [
        '10.0.0.1',
        '::ffff:10.0.0.1',
        '2001:db8:1:2:3:4:5:6',
        '2001:db8:1:2::9',
        '2001:db8::1',
        'fe80::1%eth0',
        '::1',
      ].map(clientOf),
      [
        '10.0.0.1',
        '10.0.0.1',
        '2001:db8:1:2::/64',
        '2001:db8:1:2::/64',
        '2001:db8:0:0::/64',
        'fe80:0:0:0::/64',
        '0:0:0:0::/64',
      ],
    )
  })
})
