import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { listen } from '../../src/endpoint/listen.ts'
import { isUnixConnection, rememberUnix } from '../../src/endpoint/unix-connections.ts'
import { closing, folder } from './sandbox.ts'

/** A connection as a listener gets it. */
async function accepted(t: TestContext, endpoint: string): Promise<{ socket: Socket; client: Socket }> {
  const listener = closing(t, await listen(endpoint))
  const { promise, resolve } = Promise.withResolvers<Socket>()
  listener.accept(resolve)
  const { scheme } = listener.endpoint
  const client = connect(scheme === 'unix' ? { path: listener.endpoint.path } : { port: listener.endpoint.port })
  t.after(() => client.destroy())
  const socket = await promise
  t.after(() => socket.destroy())
  return { socket, client }
}

describe('isUnixConnection', () => {
  it('knows the connections of a Unix socket, also when the client is gone, and no others though they have no address any more', async t => {
    const [byUnix, byTcp] = [
      await accepted(t, `unix:${join(folder(t), 'x.sock')}`),
      await accepted(t, 'tcp:0:interface=127.0.0.1'),
    ]
    for (const { socket, client } of [byUnix, byTcp]) {
      const closed = once(socket.resume(), 'close')
      client.destroy()
      await closed
    }
    assert.deepEqual(
      [byUnix, byTcp].map(({ socket }) => [socket.remoteAddress, isUnixConnection(socket)]),
      [
        [undefined, true],
        [byTcp.socket.remoteAddress, false],
      ],
    )
  })
})

describe('rememberUnix', () => {
  it('remembers what comes from then on', async t => {
    const { socket } = await accepted(t, 'tcp:0:interface=127.0.0.1')
    const other = await accepted(t, 'tcp:0:interface=127.0.0.1')
    const server = { on: (_event: string, listener: (connection: Socket) => void) => listener(socket) }
    rememberUnix(server as never)
    assert.deepEqual([isUnixConnection(socket), isUnixConnection(other.socket)], [true, false])
  })
})
