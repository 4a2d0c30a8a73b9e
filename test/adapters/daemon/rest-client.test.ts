import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { RestClient } from '../../../src/adapters/daemon/rest-client.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

async function client(t: TestContext, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const clock = new FakeClock()
  return { clock, rest: new RestClient({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, clock }) }
}

const limitMs = 1_000

describe('RestClient', () => {
  it('sends JSON to escaped paths and reads JSON', async t => {
    const { rest } = await client(t, (request, response) => {
      const { method, url } = request
      request.toArray().then(
        chunks => response.end(JSON.stringify({ method, url, body: JSON.parse(String(Buffer.concat(chunks))) })),
        () => response.destroy(),
      )
    })
    const path = ['services', 'ü ?', 'instances']
    const answer = await rest.request({ method: 'PUT', path, query: { id: 'a&b' }, body: { weight: 1 }, limitMs })
    assert.deepEqual(answer, {
      method: 'PUT',
      url: '/api/v1/services/%C3%BC%20%3F/instances?id=a%26b',
      body: { weight: 1 },
    })
  })

  it('resolves with undefined for an empty answer', async t => {
    const { rest } = await client(t, (_request, response) => response.writeHead(204).end())
    assert.equal(await rest.request({ path: [], limitMs }), undefined)
  })

  it("rejects with the daemon's own code, or with the status of whatever else answers", async t => {
    const { rest } = await client(t, ({ url }, response) => {
      const body = url?.endsWith('x') ? '<html>' : JSON.stringify({ error: { code: 'ERR_X', message: 'no' } })
      response.writeHead(502).end(body)
    })
    await assert.rejects(rest.request({ path: ['a'], limitMs }), { code: 'ERR_REGISTRY_REFUSED', daemonCode: 'ERR_X' })
    await assert.rejects(rest.request({ path: ['x'], limitMs }), { daemonCode: 'HTTP 502' })
  })

  it('says that the registry is out of reach, and why', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const rest = new RestClient({ host: '127.0.0.1', port, clock: new FakeClock() })
    await assert.rejects(rest.request({ path: [], limitMs }), error => {
      const { code, cause } = error as Error & { code: string }
      assert.deepEqual([code, (cause as { code: string }).code], ['ERR_REGISTRY_UNAVAILABLE', 'ECONNREFUSED'])
      return true
    })
  })

  it('waits no longer than it is asked to, and rejects with the reason of its signal', async t => {
    const asked = Promise.withResolvers<void>()
    const { rest, clock } = await client(t, () => asked.resolve())
    const late = assert.rejects(rest.request({ path: [], limitMs }), { code: 'ERR_REGISTRY_UNAVAILABLE' })
    await asked.promise
    await clock.advance(limitMs)
    await late
    const giveUp = new AbortController()
    const given = rest.request({ path: [], limitMs, signal: giveUp.signal })
    const reason = new Error('not needed')
    giveUp.abort(reason)
    await assert.rejects(given, reason)
  })
})
