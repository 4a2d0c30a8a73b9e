import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DirectParser } from '../../../src/web/direct/direct-parser.ts'

const parse = (text: string, headBytesMax = 1_000) =>
  new DirectParser({ headBytesMax }).parse(Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1'))

describe('DirectParser', () => {
  it('reads a request with its headers, whose names count without regard to case', () => {
    const request = parse('GET /v1/kv/a?raw HTTP/1.1\nHost: localhost:8500\nX-Consul-Token:  secret \nAccept:\n\n')
    assert.ok(request)
    assert.deepEqual([request.method, request.url, request.body.length], ['GET', '/v1/kv/a?raw', 0])
    assert.deepEqual(request.headers, { host: 'localhost:8500', 'x-consul-token': 'secret', accept: '' })
  })

  it('reads a body that is there whole', () => {
    const request = parse('PUT /v1/kv/a HTTP/1.1\nHost: x\nConnection: Keep-Alive\nContent-Length: 4\n\nbody')
    assert.equal(request?.body.toString(), 'body')
  })

  it('shares what a head says among those who say the same, and nothing of their bodies', () => {
    const parser = new DirectParser({ headBytesMax: 1_000 })
    const put = (body: string) =>
      parser.parse(Buffer.from(`PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n${body}`))
    const [one, two] = [put('one'), put('two')]
    assert.equal(one?.headers, two?.headers)
    assert.deepEqual([one?.body.toString(), two?.body.toString()], ['one', 'two'])
    assert.equal(put('three'), undefined)
    assert.ok(Object.isFrozen(one?.headers))
  })

  it('goes on reading heads, however many it has read', () => {
    const parser = new DirectParser({ headBytesMax: 1_000 })
    for (let at = 0; at < 600; at++) {
      assert.equal(parser.parse(Buffer.from(`GET /${at} HTTP/1.1\r\nHost: x\r\n\r\n`))?.url, `/${at}`)
    }
  })

  const left: Readonly<Record<string, string>> = {
    'half a head': 'GET / HTTP/1.1\nHost: x\n',
    'half a body': 'PUT / HTTP/1.1\nHost: x\nContent-Length: 4\n\nbo',
    'two requests': 'GET / HTTP/1.1\nHost: x\n\nGET / HTTP/1.1\nHost: x\n\n',
    'a body that is not announced': 'PUT / HTTP/1.1\nHost: x\n\nbody',
    'a body in chunks': 'PUT / HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n0\n\n',
    'a length that is not plain digits': 'PUT / HTTP/1.1\nHost: x\nContent-Length: +4\n\nbody',
    'a length that is empty': 'PUT / HTTP/1.1\nHost: x\nContent-Length:\n\n',
    'two lengths': 'PUT / HTTP/1.1\nHost: x\nContent-Length: 4\ncontent-length: 4\n\nbody',
    'a header twice': 'GET / HTTP/1.1\nHost: x\nX-A: 1\nX-A: 2\n\n',
    'no host': 'GET / HTTP/1.1\nAccept: */*\n\n',
    'the last request of a connection': 'GET / HTTP/1.1\nHost: x\nConnection: close\n\n',
    'another protocol': 'GET / HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: websocket\n\n',
    'who waits for a word before the body': 'PUT / HTTP/1.1\nHost: x\nExpect: 100-continue\nContent-Length: 1\n\na',
    'another version': 'GET / HTTP/1.0\nHost: x\n\n',
    'another method': 'HEAD / HTTP/1.1\nHost: x\n\n',
    'a whole URL': 'GET http://x/ HTTP/1.1\nHost: x\n\n',
    'a folded header': 'GET / HTTP/1.1\nHost: x\nX-A: 1\n 2\n\n',
    'white space before a colon': 'GET / HTTP/1.1\nHost : x\n\n',
    'control characters': 'GET / HTTP/1.1\nHost: x\u0000\n\n',
    'a carriage return by itself': 'GET / HTTP/1.1\nHost: x\ry\n\n',
    'what is no HTTP at all': '\u0016\u0003\u0001\n\n',
  }
  for (const [what, text] of Object.entries(left)) {
    it(`leaves ${what} to others`, () => assert.equal(parse(text), undefined))
  }

  it('leaves a line feed without a carriage return to others', () => {
    const text = 'GET / HTTP/1.1\r\nHost: x\nX-A: 1\r\n\r\n'
    assert.equal(new DirectParser({ headBytesMax: 1_000 }).parse(Buffer.from(text)), undefined)
  })

  it('leaves a head to others that is longer than it may be', () => {
    const text = 'GET / HTTP/1.1\nHost: x\n\n'
    const bytes = text.replaceAll('\n', '\r\n').length - 4
    assert.ok(parse(text, bytes))
    assert.equal(parse(text, bytes - 1), undefined)
  })
})
