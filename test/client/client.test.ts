import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { upgrade } from 'undici'
import type { Connect } from '../../src/client/index.ts'
import { RoundRobin } from '../../src/balancer/index.ts'
import { seededRandom } from '../../src/testing/index.ts'
import { connect } from '../../src/endpoint/connect.ts'
import { Site } from '../../src/web/site.ts'
import { ask, bodyOf, Cluster, inTurn, type Member, silence, tally, until } from './cluster.ts'

let cluster: Cluster

beforeEach(() => {
  cluster = new Cluster()
})

afterEach(() => cluster.close())

describe('Client', () => {
  it('calls a service by name', async () => {
    const [member] = await cluster.start(1)
    const response = await cluster.client().fetch('http://users/42?full=yes')
    assert.equal(await response.text(), 'users-0')
    assert.deepEqual(member?.paths, ['/42?full=yes'])
  })

  it('tells the Instance by which name it was called', async () => {
    const member = await cluster.startOne()
    member.handler = (request, response) => response.end(request.headers.host)
    assert.equal(await ask(cluster.client()), 'users')
  })

  it('spreads requests over the Instances in turn when told so', async () => {
    await cluster.start(3)
    const client = cluster.client({ balancer: () => new RoundRobin() })
    assert.deepEqual(await tally(9, () => ask(client)), { 'users-0': 3, 'users-1': 3, 'users-2': 3 })
  })

  it('spreads requests by two choices unless told otherwise', async () => {
    await cluster.start(3)
    const client = cluster.client({ random: seededRandom(3) })
    const counts = await tally(90, () => ask(client))
    assert.equal(Object.keys(counts).length, 3)
    assert.ok(Object.values(counts).every(count => count > 15))
  })

  it('calls a service of another script by its name', async () => {
    await cluster.startOne({ serviceName: 'bücher', id: 'b' })
    const response = await cluster.client().fetch('http://bücher/')
    assert.equal(await response.text(), 'b')
  })

  it('calls hosts that are no service names as they are', async () => {
    const { url } = await cluster.startOne()
    const response = await cluster.client().fetch(url.replace('tcp:', 'http:'))
    assert.equal(await response.text(), 'users-0')
  })

  it('gives its dispatcher to whatever takes one, with interceptors', async () => {
    const member = await cluster.startOne()
    const seen: unknown[] = []
    const composed = cluster.client().dispatcher.compose(dispatch => (options, handler) => {
      seen.push(options.origin)
      return dispatch(options, handler)
    })
    const { body } = await composed.request({ origin: 'http://users', path: '/composed', method: 'GET' })
    assert.equal(await body.text(), 'users-0')
    assert.deepEqual(seen, ['http://users'])
    assert.deepEqual(member.paths, ['/composed'])
  })

  it('sends bodies in every form that fetch takes', async () => {
    const member = await cluster.startOne()
    member.handler = (request, response) => void bodyOf(request).then(body => response.end(body))
    const { fetch } = cluster.client()
    const form = new FormData()
    form.set('field', 'in a form')
    const bodies: [RequestInit['body'], RegExp][] = [
      ['text', /^text$/],
      [new TextEncoder().encode('bytes'), /^bytes$/],
      [new URLSearchParams({ a: 'b' }), /^a=b$/],
      [new Blob(['blob']), /^blob$/],
      [Readable.toWeb(Readable.from(['a ', 'stream'])) as ReadableStream, /^a stream$/],
      [form, /in a form/],
    ]
    for (const [body, expected] of bodies) {
      const response = await fetch('http://users/', { method: 'POST', body, duplex: 'half' } as RequestInit)
      assert.match(await response.text(), expected)
    }
  })

  it('takes a Request of the platform', async () => {
    const member = await cluster.startOne()
    member.handler = (request, response) =>
      void bodyOf(request).then(body => response.end([request.method, request.headers['x-a'], body].join(' ')))
    const request = new Request('http://users/', { method: 'PUT', body: 'text', headers: { 'x-a': 'b' } })
    const response = await cluster.client().fetch(request)
    assert.equal(await response.text(), 'PUT b text')
  })

  it('passes the request of a handler on, in either form, and its answer back', async () => {
    const member = await cluster.startOne()
    member.handler = (request, response) =>
      void bodyOf(request).then(body => response.end([request.method, request.url, body].join(' ')))
    const { fetch: call } = cluster.client()
    const site = new Site('tcp:0:interface=127.0.0.1', async request =>
      request.url.endsWith('/init') ? call('http://users/a', request) : call(new Request('http://users/b', request)),
    )
    await site.start()
    const url = site.endpoints[0]?.replace('tcp:', 'http:')
    for (const path of ['init', 'request']) {
      const response = await fetch(`${url}/${path}`, { method: 'PATCH', body: 'text' })
      assert.equal(await response.text(), `PATCH ${path === 'init' ? '/a' : '/b'} text`)
    }
    await site.stop()
  })

  it('opens sockets to a service that does not speak HTTP', async () => {
    const echo = createServer(socket => socket.pipe(socket)).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    const endpoint = `tcp://127.0.0.1:${(echo.address() as AddressInfo).port}`
    await cluster.registerAbsent({ serviceName: 'echo', endpoints: [endpoint] })
    const client = cluster.client()
    const socket = await client.connect('service:echo')
    socket.write('hello')
    const [chunk] = await once(socket, 'data')
    assert.equal(String(chunk), 'hello')
    assert.equal(client.explain('echo').candidates[0]?.pending, 1)
    socket.destroy()
    await once(socket, 'close')
    assert.equal(client.explain('echo').candidates[0]?.pending, 0)
    echo.close()
  })

  it('follows the set: calls whom it did not know before, and no longer who has left', async () => {
    const [first] = (await cluster.start(1)) as [Member]
    const client = cluster.client({ balancer: inTurn })
    assert.equal(await ask(client), 'users-0')
    await cluster.startOne()
    await until(() => client.explain('users').candidates.length === 2)
    assert.deepEqual(await tally(4, () => ask(client)), { 'users-0': 2, 'users-1': 2 })
    await first.lease.revoke()
    await until(() => client.explain('users').candidates.length === 1)
    assert.deepEqual(await tally(4, () => ask(client)), { 'users-1': 4 })
  })

  it('explains whom it calls and why', async () => {
    await cluster.startOne({ id: 'a' })
    await cluster.startOne({ id: 'none', weight: 0 })
    const client = cluster.client()
    await ask(client)
    const explanation = client.explain('users')
    assert.equal(explanation.known, true)
    assert.deepEqual(
      explanation.candidates.map(({ id, tier, picked }) => ({ id, tier, picked })),
      [
        { id: 'a', tier: 'preferred', picked: true },
        { id: 'none', tier: 'weightless', picked: false },
      ],
    )
  })
})

describe('Client, with everything that HTTP has', () => {
  it('passes trailers and informational answers on, and takes HEAD, 204 and 304 for complete', async () => {
    const member = await cluster.startOne()
    const client = cluster.client()
    const informed: number[] = []
    member.handler = (_, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.writeHead(200, { trailer: 'x-sum' }).write('body')
      response.addTrailers({ 'x-sum': '42' })
      response.end()
    }
    const answer = await client.request('http://users/', { onInfo: info => void informed.push(info.statusCode) })
    assert.equal(await answer.body.text(), 'body')
    assert.deepEqual([informed, answer.trailers], [[103], { 'x-sum': '42' }])
    for (const status of [204, 304]) {
      member.handler = (_, response) => response.writeHead(status).end()
      const { statusCode, body } = await client.request('http://users/')
      assert.deepEqual([statusCode, await body.text()], [status, ''])
    }
    member.handler = (_, response) => response.writeHead(200, { 'content-length': 10 }).end()
    const { headers, body } = await client.request('http://users/', { method: 'HEAD' })
    assert.deepEqual([headers['content-length'], await body.text()], ['10', ''])
    await until(() => client.explain('users').candidates[0]?.pending === 0)
  })

  it('reads a long answer no faster than its caller does', async () => {
    const member = await cluster.startOne()
    const chunk = Buffer.alloc(2 ** 16)
    let made = 0
    const chunks = function* () {
      for (; made < 1_000; made++) yield chunk
    }
    member.handler = (_, response) => void Readable.from(chunks()).pipe(response)
    const { body } = await cluster.client().request('http://users/')
    let [seen, polls] = [-1, 0]
    await until(() => {
      polls = made === seen ? polls + 1 : 0
      seen = made
      return polls === 20
    })
    assert.ok(made > 0 && made < 500, `${made} chunks were sent unread`)
    let bytes = 0
    for await (const part of body) bytes += (part as Buffer).length
    assert.equal(bytes, 1_000 * chunk.length)
  })

  it('gives a socket away that is upgraded, and holds it against the Instance until it closes', async () => {
    const member = await cluster.startOne()
    member.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n')
      socket.pipe(socket)
    })
    const client = cluster.client()
    const { dispatcher } = client
    const { socket } = await upgrade('http://users/', { dispatcher, protocol: 'echo' })
    socket.write('hello')
    assert.equal(String((await once(socket, 'data'))[0]), 'hello')
    const pending = () => client.explain('users').candidates[0]?.pending
    assert.equal(pending(), 1)
    socket.destroy()
    await until(() => pending() === 0)
  })

  it('sends the body of a stream once, and to another Instance if the first could not be reached', async () => {
    await cluster.registerAbsent()
    const member = await cluster.startOne()
    member.handler = (request, response) => void bodyOf(request).then(body => response.end(body))
    const client = cluster.client({ balancer: inTurn })
    for (let turn = 0; turn < 2; turn++) {
      assert.equal(await ask(client, '/', { method: 'POST', body: Readable.from(['a ', 'stream']) }), 'a stream')
    }
  })

  it('says so when it is asked for what it cannot do, and goes on', async () => {
    await cluster.startOne()
    const client = cluster.client()
    await assert.rejects(ask(client, '/', { headers: { expect: '100-continue' } }), { code: 'UND_ERR_NOT_SUPPORTED' })
    await assert.rejects(ask(client, '/', { headers: { connection: 'nonsense\n' } }), { code: 'UND_ERR_INVALID_ARG' })
    assert.equal(await ask(client), 'users-0')
    assert.equal(client.explain('users').candidates[0]?.pending, 0)
  })

  it('tells the caller of an answer that breaks off, and does not ask again', async () => {
    const members = await cluster.start(2)
    for (const member of members) {
      member.handler = (request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('half')
        setImmediate(() => request.socket.destroy())
      }
    }
    const client = cluster.client()
    const response = await client.fetch('http://users/')
    await assert.rejects(response.text(), TypeError)
    assert.equal(members.flatMap(({ paths }) => paths).length, 1)
    await until(() => client.explain('users').candidates.every(({ pending }) => pending === 0))
  })
})

describe('Client, as a Service', () => {
  it('finishes what is under way before it stops', async () => {
    const member = await cluster.startOne()
    member.handler = (_, response) => void setTimeout(() => response.end('finished'), 50)
    const client = cluster.client()
    await client.start()
    const answer = ask(client)
    await until(() => member.paths.length === 1)
    await client.stop()
    assert.equal(await answer, 'finished')
    await assert.rejects(ask(client), { code: 'ERR_CLIENT_STOPPED' })
  })

  it('fails what is left at the deadline', async () => {
    const member = await cluster.startOne()
    member.handler = silence
    const client = cluster.client()
    await client.start()
    const answer = ask(client)
    const failed = assert.rejects(answer, { code: 'ERR_CLIENT_STOPPED' })
    await until(() => member.paths.length === 1)
    await client.stop({ deadlineMs: 20 })
    await failed
  })

  it('works again after it was started again', async () => {
    await cluster.startOne()
    const client = cluster.client()
    await client.start()
    await client.stop()
    await client.start()
    assert.equal(await ask(client), 'users-0')
  })

  it('gives up opening a socket when it stops, and says why', async () => {
    await cluster.startOne()
    const [opening, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slowly: Connect = (endpoint, options) => {
      opening.resolve()
      return opened.promise.then(() => connect(endpoint, options))
    }
    const client = cluster.client({ connect: slowly })
    await client.start()
    const failed = assert.rejects(client.connect('service:users'), { code: 'ERR_CLIENT_STOPPED' })
    await opening.promise
    await client.stop()
    opened.resolve()
    await failed
  })

  it('closes its connections when it stops, even if it was never started', async () => {
    const { server } = await cluster.startOne()
    const client = cluster.client()
    await ask(client)
    await client.stop()
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const count = () => server.getConnections((error, open) => (error ? reject(error) : resolve(open)))
    await new Promise(resolveSoon => setTimeout(resolveSoon, 20))
    count()
    assert.equal(await promise, 0)
  })
})
