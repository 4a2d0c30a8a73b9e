import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ByteBudget } from '../../src/core/byte-budget.ts'
import { readBody } from '../../src/web/body.ts'
import { eventually } from '../endpoint/eventually.ts'
import { RawClient, serveNode } from './serve.ts'

describe('readBody', () => {
  it('gives the whole body, however it comes', async t => {
    const url = await serveNode(t, async (request, response) => response.end(await readBody(request)))
    for (const size of [0, 1, 100_000]) {
      const response = await fetch(url, { method: 'POST', body: 'x'.repeat(size) })
      assert.equal((await response.text()).length, size)
    }
  })

  it('refuses a body that says it is too long before it is sent', async t => {
    const client = await RawClient.open(t, await serveNode(t, request => readBody(request, { bodyBytesMax: 10 })))
    client.send('POST / HTTP/1.1\nHost: x\nContent-Length: 11\n\n')
    await client.receives(/^HTTP\/1\.1 413 .*ERR_BODY_TOO_LARGE/s)
  })

  it('refuses a body of unknown length as soon as it is too long', async t => {
    const client = await RawClient.open(t, await serveNode(t, request => readBody(request, { bodyBytesMax: 10 })))
    client.send('POST / HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n6\nabcdef\n6\nabcdef\n')
    await client.receives(/^HTTP\/1\.1 413 .*ERR_BODY_TOO_LARGE/s)
  })

  it('still serves the connection of a body that was too long', async t => {
    const url = await serveNode(t, async (request, response) =>
      response.end(await readBody(request, { bodyBytesMax: 10 })),
    )
    const client = await RawClient.open(t, url)
    client.send(
      'POST / HTTP/1.1\nHost: x\nContent-Length: 11\n\nabcdefghijkPOST / HTTP/1.1\nHost: x\nContent-Length: 2\n\nok',
    )
    await client.receives(/413 .*200 OK.*\r\n\r\nok$/s)
  })

  it('takes of what all share for a long body until it is whole, and refuses it where there is not as much', async t => {
    const budget = new ByteBudget(50_000)
    const url = await serveNode(t, async (request, response) => response.end(await readBody(request, { budget })))
    const [first, second] = [await RawClient.open(t, url), await RawClient.open(t, url)]
    const head = 'POST / HTTP/1.1\nHost: x\nContent-Length: 40000\n\n'
    first.send(head + 'x'.repeat(30_000))
    const isTaken = () => {
      const isFree = budget.take(20_001)
      if (isFree) budget.give(20_001)
      return !isFree
    }
    await eventually(isTaken)
    assert.equal((await fetch(url, { method: 'POST', body: 'x'.repeat(16_000) })).status, 200)
    second.send(head + 'x'.repeat(40_000))
    await second.receives(/^HTTP\/1\.1 503 .*ERR_TOO_MANY_BODIES/s)
    first.send('x'.repeat(10_000))
    await first.receives(/^HTTP\/1\.1 200 OK/)
    await eventually(() => budget.take(50_000))
  })

  it('rejects when the client leaves in the middle', async t => {
    const errors: unknown[] = []
    const url = await serveNode(t, request => readBody(request).catch(error => errors.push(error)))
    const client = await RawClient.open(t, url)
    client.send('POST / HTTP/1.1\nHost: x\nContent-Length: 11\n\nabc')
    client.socket.end()
    await eventually(() => errors.length === 1)
    assert.equal((errors[0] as { code: string }).code, 'ERR_CLIENT_GONE')
  })
})
