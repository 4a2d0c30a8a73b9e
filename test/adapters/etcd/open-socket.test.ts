import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { openSocket } from '../../../src/adapters/etcd/open-socket.ts'
import { until } from '../daemon/until.ts'

async function listening(stack: AsyncDisposableStack, serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer(serve).listen(0, '127.0.0.1')
  stack.defer(() => void server.close())
  await once(server, 'listening')
  return server
}

function opened(server: Server) {
  const heard = { text: '', connected: 0, errors: [] as Error[] }
  const socket = openSocket({
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tls: {},
    onBytes: bytes => (heard.text += bytes.toString()),
    onConnect: () => heard.connected++,
    onClose: error => heard.errors.push(error),
  })
  return { heard, socket }
}

describe('A socket to etcd', () => {
  it('sends and hears, and is closed when the other side ends it', async () => {
    await using stack = new AsyncDisposableStack()
    const server = await listening(stack, socket => socket.pipe(socket))
    const { heard, socket } = opened(server)
    socket.write('x'.repeat(200_000))
    await until(() => heard.text.length === 200_000, 'all has come back')
    socket.end()
    await until(() => heard.errors.length === 1, 'it is closed')
    assert.equal(heard.connected, 1)
  })

  it('tells why it is closed', async () => {
    await using stack = new AsyncDisposableStack()
    const server = await listening(stack, socket => void socket.resetAndDestroy())
    const { heard } = opened(server)
    await until(() => heard.errors.length === 1, 'it is closed')
    assert.match(String(heard.errors[0]), /ECONNRESET|closed/)
  })
})
