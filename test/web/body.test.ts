import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
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
