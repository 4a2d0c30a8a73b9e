import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttp2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { buffer } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { serveConsul } from '../consul-server.ts'
import { PATIENCE_MS } from '../../../patience.ts'

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

/** A daemon with one check, and how that check is once it has looked. */
async function checked(t: TestContext, check: object, options: object = {}) {
  const server = await serveConsul(t, options)
  const { ask, clock } = server
  const registered = await ask('PUT', '/v1/agent/check/register', {
    Name: 'c',
    Interval: '10s',
    Timeout: '1h',
    ...check,
  })
  assert.deepEqual([registered.status, registered.text], [200, ''])
  const now = async () => (await ask('GET', '/v1/agent/checks')).body.c as { Status: string; Output: string }
  const look = async (
    isDone: (seen: { Status: string; Output: string }) => boolean = ({ Output }) => Output !== '',
  ) => {
    await clock.advance(10_000)
    const deadline = performance.now() + PATIENCE_MS
    while (!isDone(await now()) && performance.now() < deadline) await nextTurn()
    return now()
  }
  return { ...server, now, look }
}

const isPassing = ({ Status }: { Status: string }) => Status === 'passing'

const web = (listener: RequestListener) => createHttpServer(listener) as unknown as Server

describe('CheckRuns', () => {
  it('asks by HTTP as it is told, and shows the answer', async t => {
    const seen: unknown[] = []
    const port = await listening(
      t,
      web((request, response) => {
        seen.push([request.method, request.url, request.headers['x-a'], request.headers['user-agent']])
        response.end('well')
      }),
    )
    const HTTP = `http://127.0.0.1:${port}/health`
    const { look } = await checked(t, { HTTP, Method: 'POST', Header: { 'X-A': ['b'] } })
    assert.deepEqual(await look(({ Status }) => Status === 'passing').then(({ Status, Output }) => [Status, Output]), [
      'passing',
      `HTTP POST ${HTTP}: 200 OK Output: well`,
    ])
    assert.deepEqual(seen[0], ['POST', '/health', 'b', 'Consul Health Check'])
  })

  it('takes 429 for a warning, other statuses and no answer for critical, and follows redirects', async t => {
    const port = await listening(
      t,
      web((request, response) => {
        if (request.url === '/moved') response.writeHead(302, { location: '/429' }).end()
        else response.writeHead(Number(request.url?.slice(1))).end('x'.repeat(10_000))
      }),
    )
    const status = async (HTTP: string) => (await (await checked(t, { HTTP })).look()).Status
    assert.equal(await status(`http://127.0.0.1:${port}/429`), 'warning')
    assert.equal(await status(`http://127.0.0.1:${port}/moved`), 'warning')
    assert.equal(await status(`http://127.0.0.1:${port}/503`), 'critical')
    const { look } = await checked(t, { HTTP: 'http://127.0.0.1:1/' })
    assert.equal((await look()).Output, 'Get "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused')
  })

  it('sends a body whatever the method, and asks for the place it is sent on to without it', async t => {
    const seen: unknown[] = []
    const port = await listening(
      t,
      web((request, response) => {
        let body = ''
        request.setEncoding('utf8').on('data', chunk => (body += String(chunk)))
        request.on('end', () => {
          seen.push([request.method, request.url, body])
          if (request.url === '/moved') response.writeHead(302, { location: '/here' })
          response.end()
        })
      }),
    )
    const HTTP = `http://127.0.0.1:${port}/`
    await (await checked(t, { HTTP, Method: 'GET', Body: 'question' })).look(isPassing)
    await (await checked(t, { HTTP: `${HTTP}moved`, Method: 'POST', Body: 'question' })).look(isPassing)
    assert.deepEqual(seen, [
      ['GET', '/', 'question'],
      ['POST', '/moved', 'question'],
      ['GET', '/here', ''],
    ])
  })

  it('shows no more of an answer than may be', async t => {
    const port = await listening(
      t,
      web((_request, response) => void response.end('x'.repeat(100_000))),
    )
    const { look } = await checked(t, { HTTP: `http://127.0.0.1:${port}/`, OutputMaxSize: 10 })
    assert.match((await look()).Output, /Output: x{10}$/)
  })

  it('connects by TCP', async t => {
    const port = await listening(
      t,
      createTcpServer(socket => socket.destroy()),
    )
    const { look } = await checked(t, { TCP: `127.0.0.1:${port}` })
    const seen = await look()
    assert.deepEqual([seen.Status, seen.Output], ['passing', `TCP connect 127.0.0.1:${port}: Success`])
    const refused = await (await checked(t, { TCP: '127.0.0.1:1' })).look()
    assert.equal(refused.Output, 'dial tcp 127.0.0.1:1: connect: connection refused')
  })

  it('asks the health service of gRPC', async t => {
    const server = createHttp2Server()
    const asked: string[] = []
    const answer = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      const name = (await buffer(stream)).subarray(7).toString()
      asked.push(`${headers[':path']} ${name}`)
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(Buffer.from([0, 0, 0, 0, 2, 0x08, name === 'sick' ? 2 : 1]))
    }
    server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void answer(stream, headers))
    const port = await listening(t, server)
    const well = await (await checked(t, { GRPC: `127.0.0.1:${port}/users` })).look()
    assert.deepEqual([well.Status, asked[0]], ['passing', '/grpc.health.v1.Health/Check users'])
    const sick = await (await checked(t, { GRPC: `127.0.0.1:${port}/sick` })).look()
    assert.deepEqual(
      [sick.Status, sick.Output],
      ['critical', `gRPC 127.0.0.1:${port}/sick serving status: NOT_SERVING`],
    )
    const gone = await (await checked(t, { GRPC: '127.0.0.1:1' })).look()
    assert.match(gone.Output, /code = Unavailable.*dial tcp 127\.0\.0\.1:1: connect: connection refused/)
  })

  it('runs commands where that is enabled', async t => {
    const run = async (...Args: string[]) => {
      const { look } = await checked(t, { Args }, { scriptChecks: true })
      const { Status, Output } = await look()
      return [Status, Output]
    }
    assert.deepEqual(await run('/bin/sh', '-c', 'echo well'), ['passing', 'well\n'])
    assert.deepEqual(await run('/bin/sh', '-c', 'echo so; exit 1'), ['warning', 'so\n'])
    assert.deepEqual(await run('/bin/sh', '-c', 'echo bad >&2; exit 2'), ['critical', 'bad\n'])
    assert.match((await run('/no/such/program'))[1] ?? '', /ENOENT/)
    assert.deepEqual(await run('/bin/sh', '-c', 'head -c 100000 /dev/zero | tr "\\0" x; echo end'), [
      'passing',
      `${'x'.repeat(4_092)}end\n`,
    ])
  })

  it('ends a command that takes too long, with all that it started', async t => {
    const server = createTcpServer(socket => socket.on('error', () => {}))
    const port = await listening(t, server)
    const connected = once(server, 'connection', { signal: AbortSignal.timeout(PATIENCE_MS) }) as Promise<[Socket]>
    const script = `"$0" -e "require('net').connect(${port}, '127.0.0.1')" & wait`
    const check = { Args: ['/bin/sh', '-c', script, process.execPath], Timeout: '15s' }
    const { now, clock } = await checked(t, check, { scriptChecks: true })
    await clock.advance(10_000)
    const [socket] = await connected
    const closed = once(socket, 'close', { signal: AbortSignal.timeout(PATIENCE_MS) })
    socket.resume()
    await clock.advance(15_000)
    await closed
    const deadline = performance.now() + PATIENCE_MS
    while ((await now()).Output === '' && performance.now() < deadline) await nextTurn()
    assert.deepEqual(await now().then(({ Status, Output }) => [Status, Output]), [
      'critical',
      'Timed out running check',
    ])
  })

  it('is as another service is', async t => {
    const { ask, now } = await checked(t, { Name: 'c', AliasService: 'web', Interval: undefined, Timeout: undefined })
    const seen = async (output: RegExp) => {
      const deadline = performance.now() + PATIENCE_MS
      while (!output.test((await now()).Output) && performance.now() < deadline) await nextTurn()
      return now()
    }
    assert.equal((await seen(/not be found/)).Status, 'critical')
    await ask('PUT', '/v1/agent/service/register', { Name: 'web', Check: { TTL: '60s', Status: 'passing' } })
    assert.equal((await seen(/All checks passing/)).Status, 'passing')
    await ask('PUT', '/v1/agent/check/warn/service:web?note=hm')
    assert.equal((await seen(/^Aliased check "Service 'web' check" failing: hm$/)).Status, 'warning')
  })

  it('counts findings until there are as many as it takes', async t => {
    const seen = { isWell: true, requests: 0 }
    const listener: RequestListener = (_request, response) => {
      seen.requests++
      response.writeHead(seen.isWell ? 200 : 500).end()
    }
    const port = await listening(t, web(listener))
    const limits = { SuccessBeforePassing: 2, FailuresBeforeCritical: 2 }
    const { clock, now, look } = await checked(t, { HTTP: `http://127.0.0.1:${port}/`, ...limits })
    const answered = async () => {
      const target = seen.requests + 1
      await clock.advance(10_000)
      const deadline = performance.now() + PATIENCE_MS
      while (seen.requests < target && performance.now() < deadline) await nextTurn()
    }
    await answered()
    assert.equal((await now()).Status, 'critical')
    assert.equal((await look(({ Status }) => Status === 'passing')).Status, 'passing')
    seen.isWell = false
    await answered()
    assert.equal((await now()).Status, 'passing')
    assert.equal((await look(({ Status }) => Status === 'critical')).Status, 'critical')
  })

  it('stops with its check', async t => {
    let requests = 0
    const port = await listening(
      t,
      web((_request, response) => void response.end(String(requests++))),
    )
    const { ask, clock, look } = await checked(t, { HTTP: `http://127.0.0.1:${port}/` })
    await look(({ Status }) => Status === 'passing')
    await ask('PUT', '/v1/agent/check/deregister/c')
    const before = requests
    await clock.advance(60_000)
    await ask('GET', '/v1/agent/checks')
    assert.equal(requests, before)
  })
})
