import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { allRead } from '../../src/core/all-read.ts'

/** Opens connections and writes to each, then says so in shared memory: nobody need be awake to hear it. */
const WRITERS = `
  const { connect } = require('node:net')
  const { port, count, written } = require('node:worker_threads').workerData
  for (let n = 0; n < count; n++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('x', () => {
      if (Atomics.add(written, 0, 1) === count - 1) Atomics.notify(written, 0)
    })
  }
`

/** A server with a word from each of `count` connections that have come while this process stood still, and how many it has read. */
async function serverBehind(t: TestContext, count: number): Promise<() => number> {
  let read = 0
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    socket.on('data', () => read++)
  })
  t.after(() => server.close())
  t.after(() => sockets.forEach(socket => socket.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const written = new Int32Array(new SharedArrayBuffer(4))
  const { port } = server.address() as AddressInfo
  const worker = new Worker(WRITERS, { eval: true, workerData: { port, count, written } })
  t.after(() => worker.terminate())
  await once(worker, 'online')
  for (let so = 0; so < count; so = Atomics.load(written, 0)) Atomics.wait(written, 0, so, 100)
  return () => read
}

describe('allRead', () => {
  for (const count of [1, 2, 100])
    it(`waits for what ${count} connections have brought that have yet to be accepted`, async t => {
      const read = await serverBehind(t, count)
      assert.equal(read(), 0)
      await allRead()
      assert.equal(read(), count)
    })

  it('does not wait for ever where something comes in every turn', async t => {
    let stopped = false
    t.after(() => (stopped = true))
    const server = createServer(socket => {
      socket.on('error', () => {})
      socket.pipe(socket)
    })
    t.after(() => server.close())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const echo = connect((server.address() as AddressInfo).port, '127.0.0.1')
    t.after(() => echo.destroy())
    echo.on('data', data => void (stopped || echo.write(data)))
    echo.write('x')
    await once(echo, 'data')
    await allRead()
  })
})
