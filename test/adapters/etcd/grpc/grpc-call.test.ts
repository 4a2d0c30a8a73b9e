import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import {
  constants,
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createTcpServer } from 'node:net'
import { describe, it } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { FLAG, FRAME, frame, settings } from '../../../../src/adapters/etcd/grpc/frame.ts'
import { FrameReader } from '../../../../src/adapters/etcd/grpc/frame-reader.ts'
import { encodeHeaders } from '../../../../src/adapters/etcd/grpc/hpack.ts'
import { messageFrame } from '../../../../src/adapters/etcd/grpc/message-reader.ts'
import { systemClock } from '../../../../src/core/clock.ts'
import { TcpRelay } from '../../../../src/testing/tcp-relay.ts'
import { until } from '../../daemon/until.ts'
import { called, GRPC, listening, NOBODY } from './called.ts'

const pem = (name: string) => readFileSync(new URL(`../../../endpoint/certificates/${name}`, import.meta.url), 'utf8')
const identity = { cert: pem('localhost.pem'), key: pem('localhost.key') }

/** How a server of gRPC begins. */
const BEGINS = Buffer.concat([
  settings({}),
  frame(
    FRAME.headers,
    { stream: 1, flags: FLAG.endHeaders },
    encodeHeaders(Object.entries(GRPC).map(([name, value]) => [name, String(value)] as const)),
  ),
])
/** What a client says before its first frame. */
const PREFACE_BYTES = 24
/** An empty message in a frame that is filled with as much as may be. */
const FILLED = frame(
  FRAME.data,
  { stream: 1, flags: FLAG.padded },
  Buffer.concat([Buffer.of(255), messageFrame(Buffer.alloc(0)), Buffer.alloc(255)]),
)
/** So many of these are more than 1 MiB. */
const FILLED_FRAMES = 4_100

const RESPOND_LATER = { waitForTrailers: true }

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void

/** A server of HTTP/2 that answers so. */
async function served(stack: AsyncDisposableStack, serve: Serve): Promise<number> {
  const server = createServer()
  server.on('sessionError', () => {})
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {})
    serve(stream, headers)
  })
  return listening(stack, server)
}

const echo: Serve = stream => {
  stream.respond(GRPC)
  stream.pipe(stream)
}

/** Answers with these headers at the end. */
function ending(trailers: Record<string, string>): Serve {
  return stream => {
    stream.on('wantTrailers', () => stream.sendTrailers(trailers))
    stream.respond(GRPC, RESPOND_LATER)
    stream.end()
  }
}

describe('GrpcCall', () => {
  it('brings messages both ways, with what goes with the call', async () => {
    await using stack = new AsyncDisposableStack()
    let asked: IncomingHttpHeaders = {}
    const port = await served(stack, (stream, headers) => {
      asked = headers
      echo(stream, headers)
    })
    const { heard, say } = called(stack, port)
    say('one', 'two', '')
    await until(() => heard.messages.length === 3, 'all have come')
    say('three')
    await until(() => heard.messages.length === 4, 'another has come')
    assert.deepEqual(heard.messages, ['one', 'two', '', 'three'])
    assert.deepEqual(
      [asked[':method'], asked[':path'], asked[':authority'], asked['te'], asked['hasleader'], asked['authorization']],
      ['POST', '/a.B/C', `127.0.0.1:${port}`, 'trailers', 'true', 'x'.repeat(300)],
    )
  })

  it('sends and hears more than either side has room for', async () => {
    await using stack = new AsyncDisposableStack()
    const { heard, say } = called(stack, await served(stack, echo))
    const long = '🪢'.repeat(1_000_000)
    say(long, 'short')
    await until(() => heard.messages.length === 2, 'both have come')
    assert.ok(heard.messages[0] === long)
    assert.equal(heard.messages[1], 'short')
  })

  it('goes on over a connection that brings one byte at a time', async () => {
    await using stack = new AsyncDisposableStack()
    const relay = stack.use(await TcpRelay.listen({ port: await served(stack, echo) }))
    relay.trickle()
    const { heard, say } = called(stack, relay.port)
    say('one', 'x'.repeat(1_000))
    await until(() => heard.messages.length === 2, 'both have come')
    assert.deepEqual(heard.messages, ['one', 'x'.repeat(1_000)])
  })

  it('answers pings', async () => {
    await using stack = new AsyncDisposableStack()
    const answered = Promise.withResolvers<Buffer>()
    const port = await served(stack, stream => {
      stream.session?.ping(Buffer.from('12345678'), (error, _, payload) =>
        error ? answered.reject(error) : answered.resolve(payload),
      )
    })
    called(stack, port)
    assert.equal((await answered.promise).toString(), '12345678')
  })

  it('ends with what the server says of it', async () => {
    await using stack = new AsyncDisposableStack()
    const ends: [Record<string, string>, string, RegExp][] = [
      [{ 'grpc-status': '14', 'grpc-message': 'etcdserver: no leader' }, 'ERR_ETCD_NODE', /etcdserver: no leader/],
      [{ 'grpc-status': '3', 'grpc-message': 'na%C3%AFve' }, 'ERR_ETCD_REFUSED', /code 3\): naïve/],
      [{ 'grpc-status': '14', 'grpc-message': '100% busy' }, 'ERR_ETCD_NODE', /100% busy/],
      [{ 'grpc-status': '16' }, 'ERR_ETCD_TOKEN', /token/],
      [{ 'grpc-status': '0' }, 'ERR_ETCD_NODE', /ended the stream/],
    ]
    for (const [trailers, code, message] of ends) {
      const { heard } = called(stack, await served(stack, ending(trailers)))
      await until(() => heard.ends.length === 1, 'it has ended')
      assert.equal((heard.ends[0] as Error & { code?: string }).code, code)
      assert.match(String(heard.ends[0]), message)
      assert.equal(heard.strangers, 0)
    }
  })

  it('ends when the server refuses it at once', async () => {
    await using stack = new AsyncDisposableStack()
    const port = await served(stack, stream => {
      stream.respond({ ...GRPC, 'grpc-status': 14, 'grpc-message': 'no leader' }, { endStream: true })
    })
    const { heard } = called(stack, port)
    await until(() => heard.ends.length === 1, 'it has ended')
    assert.match(String(heard.ends[0]), /no leader/)
  })

  it('ends when the stream, the connection, or the server does', async () => {
    await using stack = new AsyncDisposableStack()
    const ways: [(stream: ServerHttp2Stream) => void, RegExp][] = [
      [stream => void stream.destroy(new Error('broken')), /ended the stream \(code 2\)/],
      [stream => stream.session?.goaway(11, 0, Buffer.from('too_many_pings')), /connection \(code 11\) too_many_pings/],
      [stream => stream.session?.destroy(), /./],
      [stream => void stream.end(), /ended the stream/],
    ]
    for (const [way, message] of ways) {
      const port = await served(stack, stream => {
        stream.respond(GRPC)
        stream.write(messageFrame(Buffer.from('hello')))
        stream.once('data', () => way(stream))
      })
      const { heard, say } = called(stack, port)
      await until(() => heard.messages.length === 1, 'it has begun')
      say('end')
      await until(() => heard.ends.length === 1, 'it has ended')
      assert.equal((heard.ends[0] as Error & { code?: string }).code, 'ERR_ETCD_NODE')
      assert.match(String(heard.ends[0]), message)
    }
  })

  it('says so when whoever answers speaks no gRPC, or no HTTP/2', async () => {
    await using stack = new AsyncDisposableStack()
    const strangers = [
      await served(stack, stream => stream.respond({ ':status': 404 }, { endStream: true })),
      await served(stack, stream => stream.respond({ ':status': 200, 'content-type': 'text/html' })),
      await served(stack, stream => stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED)),
      await listening(stack, createHttpServer()),
      await listening(
        stack,
        createTcpServer(socket => void socket.on('error', () => {}).end()),
      ),
      await listening(
        stack,
        createTcpServer(socket => void socket.on('error', () => {}).write('220 ready for mail\r\n')),
      ),
    ]
    for (const port of strangers) {
      const { heard, say } = called(stack, port)
      say('hello')
      await until(() => heard.strangers === 1, 'it is told')
      assert.deepEqual(heard.ends, [])
    }
  })

  it('agrees on HTTP/2 over TLS, and says so when that is not to be had', async () => {
    await using stack = new AsyncDisposableStack()
    const secure = { scheme: 'https', tls: { ca: pem('ca.pem'), servername: 'localhost' } }
    const server = createSecureServer({ ...identity, allowHTTP1: true })
    server.on('stream', echo)
    const { heard, say } = called(stack, await listening(stack, server), secure)
    say('one')
    await until(() => heard.messages.length === 1, 'it has come')
    for (const ALPNProtocols of [['http/1.1'], undefined]) {
      const other = createTlsServer({ ...identity, ...(ALPNProtocols && { ALPNProtocols }) })
      const { heard: heardThere } = called(stack, await listening(stack, other), secure)
      await until(() => heardThere.strangers === 1, 'it is told')
    }
  })

  it('ends when nobody is there, answers in time, or is trusted', async () => {
    await using stack = new AsyncDisposableStack()
    const silent = await listening(
      stack,
      createTcpServer(socket => void socket.on('error', () => {})),
    )
    const untrusted = await listening(stack, createTlsServer(identity))
    const ends: [ReturnType<typeof called>, RegExp][] = [
      [called(stack, NOBODY), /ECONNREFUSED/],
      [called(stack, silent, { connectMs: 50 }), /limit of 50 ms/],
      [called(stack, untrusted, { scheme: 'https' }), /certificate/],
    ]
    for (const [{ heard }, message] of ends) {
      await until(() => heard.ends.length === 1, 'it has ended')
      assert.equal((heard.ends[0] as Error & { code?: string }).code, 'ERR_ETCD_NODE')
      assert.match(String(heard.ends[0]), message)
      assert.equal(heard.strangers, 0)
    }
  })

  it('gives back the room that is taken by what only fills', async () => {
    await using stack = new AsyncDisposableStack()
    const widened = Promise.withResolvers<void>()
    const server = createTcpServer(socket => {
      const frames = new FrameReader()
      let began = false
      socket.on('error', () => {})
      socket.on('data', (bytes: Buffer) => {
        frames.add(began ? bytes : bytes.subarray(PREFACE_BYTES))
        began = true
        while (frames.next()) if (frames.type === FRAME.window && frames.stream === 1) widened.resolve()
      })
      socket.write(Buffer.concat([BEGINS, ...Array<Buffer>(FILLED_FRAMES).fill(FILLED)]))
    })
    const { heard } = called(stack, await listening(stack, server))
    await until(() => heard.messages.length === FILLED_FRAMES, 'they have come')
    await widened.promise
    assert.deepEqual(heard.ends, [])
  })

  it('ends when what comes is against the rules', async () => {
    await using stack = new AsyncDisposableStack()
    const sorts: [Buffer, RegExp][] = [
      [frame(FRAME.data, { stream: 3 }, messageFrame(Buffer.from('hello'))), /on stream 3, which nobody has opened/],
      [frame(FRAME.headers, { stream: 3, flags: FLAG.endHeaders }), /on stream 3, which nobody has opened/],
      [frame(FRAME.window, { stream: 1 }, Buffer.alloc(3)), /by a number of 3 bytes/],
      [settings({ 4: 2 ** 31 }), /window of 2147483648 bytes is larger/],
      [frame(FRAME.data, { stream: 1 }, Buffer.from('0100000000', 'hex')), /compressed/],
      [frame(FRAME.data, { stream: 1 }, Buffer.from('00ffffffff', 'hex')), /longer than 268435456/],
      [frame(FRAME.headers, { stream: 1, flags: FLAG.endHeaders }, Buffer.of(0xff, 0xff)), /break off/],
      [
        Buffer.concat(Array<Buffer>(5).fill(frame(FRAME.headers, { stream: 1 }, Buffer.alloc(16_000)))),
        /headers are longer/,
      ],
    ]
    for (const [bytes, message] of sorts) {
      const server = createTcpServer(socket => void socket.on('error', () => {}).write(Buffer.concat([BEGINS, bytes])))
      const { heard } = called(stack, await listening(stack, server))
      await until(() => heard.ends.length === 1, 'it has ended')
      assert.match(String(heard.ends[0]), message)
    }
  })

  it('passes over frames it does not know', async () => {
    await using stack = new AsyncDisposableStack()
    const unknown = frame(0xfa, { stream: 7, flags: 0xff }, Buffer.alloc(100))
    const wide = frame(FRAME.window, { stream: 1 }, Buffer.from('80000001', 'hex'))
    const hello = frame(FRAME.data, { stream: 1 }, messageFrame(Buffer.from('hello')))
    const server = createTcpServer(
      socket => void socket.on('error', () => {}).write(Buffer.concat([BEGINS, unknown, wide, hello])),
    )
    const { heard } = called(stack, await listening(stack, server))
    await until(() => heard.messages.length === 1, 'it has come')
    assert.deepEqual(heard.ends, [])
  })

  it('leaves nothing behind when what is said of TLS is no certificate', async () => {
    await using stack = new AsyncDisposableStack()
    assert.throws(() => called(stack, NOBODY, { scheme: 'https', tls: { cert: 'none', key: 'none' }, connectMs: 1 }))
    // A limit that nobody keeps any more would fail the test from its timer.
    await new Promise<void>(resolve => void systemClock.schedule(50, resolve))
  })

  it('ends once, and says nothing after that', async () => {
    await using stack = new AsyncDisposableStack()
    const { call, heard, say } = called(stack, await served(stack, echo))
    say('one')
    await until(() => heard.messages.length === 1, 'it has begun')
    const [reason, other] = [new Error('reason'), new Error('other')]
    call.end(reason)
    call.end(other)
    say('two')
    assert.deepEqual(heard.ends, [reason])
  })
})
