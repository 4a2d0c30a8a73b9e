import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { httpCheck } from '../../../src/discovery/health-checks/http-check.ts'

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`
}

const { signal } = new AbortController()

describe('httpCheck', () => {
  it('passes with a status of 200 to 399 and fails with any other', async t => {
    let status = 200
    const url = await serve(t, (_, response) => void response.writeHead(status).end('body'))
    const check = httpCheck({ url: () => url })
    for (status of [200, 204, 302]) await check.check({ signal })
    for (status of [400, 404, 500, 503]) {
      await assert.rejects(check.check({ signal }), new RegExp(`GET http.*/healthz answered ${status}`))
    }
  })

  it('asks as it is told to', async t => {
    const asked: unknown[] = []
    const url = await serve(t, ({ method, headers, url: path }, response) => {
      asked.push([method, path, headers['authorization']])
      response.writeHead(418).end()
    })
    await httpCheck({ url, method: 'HEAD', headers: { authorization: 'me' }, accepts: status => status === 418 }).check(
      { signal },
    )
    assert.deepEqual(asked, [['HEAD', '/healthz', 'me']])
  })

  it('does not read the body, however long', async t => {
    const url = await serve(t, (_, response) => void response.writeHead(200).write('x'.repeat(1_000_000)))
    await httpCheck({ url }).check({ signal })
  })

  it('fails when nobody listens', async () => {
    await assert.rejects(httpCheck({ url: 'http://127.0.0.1:1/' }).check({ signal }), { code: 'ECONNREFUSED' })
  })

  it('is given up when its signal aborts while nothing is answered', async t => {
    const url = await serve(t, () => controller.abort())
    const controller = new AbortController()
    await assert.rejects(httpCheck({ url }).check(controller), { name: 'AbortError' })
  })
})
