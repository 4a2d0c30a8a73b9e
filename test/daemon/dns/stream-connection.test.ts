import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { systemClock } from '../../../src/core/clock.ts'
import type { DatagramListener } from '../../../src/daemon/dns/datagrams.ts'
import { StreamConnection } from '../../../src/daemon/dns/stream-connection.ts'
import { queryFor } from './queries.ts'

/** A client, and the other end of its connection, whose queries are given to `listener`. */
async function connected(t: TestContext, listener: DatagramListener): Promise<{ client: Socket; socket: Socket }> {
  const server = createServer({ allowHalfOpen: true })
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  t.after(() => client.destroy())
  const [socket] = (await once(server, 'connection')) as [Socket]
  const connection = new StreamConnection({ socket, listener, clock: systemClock, idleMs: 60_000, onClose: () => {} })
  t.after(() => connection.destroy())
  return { client, socket }
}

describe('StreamConnection', () => {
  it('keeps no more answers than it may of who asks much at once, ends and reads late, and gives them all', async t => {
    const answer = Buffer.alloc(60_000)
    const count = 400
    let asked = 0
    let queuedMax = 0
    const { client, socket } = await connected(t, (_message, send) => {
      asked++
      send(answer)
      queuedMax = Math.max(queuedMax, socket.writableLength)
    })
    const query = queryFor('web.service.consul', 'SRV')
    const frame = Buffer.concat([Buffer.from([0, query.length]), query])
    client.end(Buffer.concat(Array.from({ length: count }, () => frame)))
    let received = 0
    for await (const part of client) received += (part as Buffer).length
    assert.deepEqual([asked, received], [count, count * (answer.length + 2)])
    assert.ok(queuedMax < 512 * 1024, `${queuedMax} bytes`)
  })
})
