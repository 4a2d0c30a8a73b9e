import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { Exchange } from '../../../src/adapters/etcd/exchange.ts'
import { HttpPool } from '../../../src/adapters/etcd/http-pool.ts'
import { TimeLimit } from '../../../src/core/abort.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { until } from '../daemon/until.ts'

/** A server that answers as it is told, and a pool of connections to it. */
async function pool(stack: AsyncDisposableStack, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer)
  let connections = 0
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const made = new HttpPool({ origin, tls: {}, connectMs: 5_000 })
  stack.defer(() => made.close(new Error('the end')))
  stack.defer(() => void server.close())
  stack.defer(() => server.closeAllConnections())
  const send = (limitMs = 60_000, signal?: AbortSignal) => {
    const request = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}'
    const exchange = new Exchange({ request, clock: systemClock, limitMs, signal })
    made.send(exchange)
    return exchange.answer
  }
  return { server, pool: made, send, connections: () => connections }
}

describe('HttpPool', () => {
  it('uses one connection for requests that follow each other', async () => {
    await using stack = new AsyncDisposableStack()
    const { send, connections } = await pool(stack, (_, response) => response.end('"good"'))
    for (let at = 0; at < 5; at++) assert.deepEqual(await send(), { status: 200, text: '"good"' })
    assert.equal(connections(), 1)
  })

  it('opens some for requests at once, and has the others wait', async () => {
    await using stack = new AsyncDisposableStack()
    const held: ServerResponse[] = []
    const { send, connections } = await pool(stack, (_, response) => void held.push(response))
    const answers = Array.from({ length: 50 }, () => send())
    await until(() => held.length === 16, 'as many as may are under way')
    for (let answered = 0; answered < 50; answered++) {
      await until(() => held.length > 0, 'another one is under way')
      held.shift()?.end('"good"')
    }
    assert.equal((await Promise.all(answers)).length, 50)
    assert.equal(connections(), 16)
  })

  it('gives up at the limit, or when it is told to, and leaves nothing of it for the next', async () => {
    await using stack = new AsyncDisposableStack()
    let silent = true
    const { send, connections } = await pool(stack, (_, response) => {
      if (!silent) response.end('"good"')
    })
    await assert.rejects(send(50), TimeLimit)
    const reason = new Error('given up')
    await assert.rejects(send(60_000, AbortSignal.abort(reason)), reason)
    silent = false
    assert.equal((await send()).text, '"good"')
    assert.equal(connections(), 2)
  })

  it('forgets a connection that the server closes, and rejects what was under way there', async () => {
    await using stack = new AsyncDisposableStack()
    let closing = true
    const { send, connections } = await pool(stack, (request, response) => {
      if (closing) request.socket.destroy()
      else response.setHeader('connection', 'close').end('"good"')
    })
    await assert.rejects(send(), /closed|reset/i)
    closing = false
    await send()
    await send()
    assert.equal(connections(), 3)
  })

  it('closes what is idle when a request had no answer in time', async () => {
    await using stack = new AsyncDisposableStack()
    const { send, pool: made, connections } = await pool(stack, (_, response) => response.end('"good"'))
    await send()
    made.doubt(new Error('something else'))
    await send()
    assert.equal(connections(), 1)
    made.doubt(new TimeLimit(1))
    await send()
    assert.equal(connections(), 2)
  })

  it('rejects everything when it is closed', async () => {
    await using stack = new AsyncDisposableStack()
    const { send, pool: made } = await pool(stack, () => {})
    const answers = Array.from({ length: 20 }, () => send())
    made.close(new Error('the end'))
    for (const { status } of await Promise.allSettled(answers)) assert.equal(status, 'rejected')
  })
})
