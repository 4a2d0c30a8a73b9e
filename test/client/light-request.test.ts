import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, before, describe, it } from 'node:test'
import { Agent, type Dispatcher } from 'undici'
import { lightRequest } from '../../src/client/light-request.ts'

type Ask = (path: string, options?: Partial<Dispatcher.RequestOptions>) => Promise<Dispatcher.ResponseData>

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  '/text': response => response.end('text'),
  '/json': response => response.writeHead(201, 'Made', { 'content-type': 'application/json' }).end('{"a":"é"}'),
  '/none': response => response.writeHead(204).end(),
  '/mark': response => response.end('\ufeffmarked'),
  '/long': response => response.end('x'.repeat(500_000)),
  '/chunks': response => {
    response.writeHead(200, { trailer: 'x-sum' }).write('one ')
    response.addTrailers({ 'x-sum': '7' })
    setImmediate(() => response.end('two'))
  },
  '/broken': response => {
    response.writeHead(200, { 'content-length': 100 }).write('begun')
    setImmediate(() => response.destroy())
  },
  '/refused': response => response.destroy(),
}

const server = createServer((request, response) => ANSWERS[request.url ?? '']?.(response))
const agent = new Agent()
let origin = ''

before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

after(async () => {
  await agent.destroy()
  server.closeAllConnections()
  server.close()
})

const ours: Ask = (path, options) => lightRequest(agent, { origin, path, method: 'GET', ...options })
const theirs: Ask = (path, options) => agent.request({ origin, path, method: 'GET', ...options })

type Body = Dispatcher.ResponseData['body']

/** The ways to read a body. */
const READINGS: Readonly<Record<string, (body: Body) => Promise<unknown>>> = {
  text: body => body.text(),
  json: body => body.json(),
  bytes: body => body.bytes(),
  arrayBuffer: body => body.arrayBuffer(),
  blob: async body => (await body.blob()).type.split(';')[0],
  dump: async body => [(await body.dump()) ?? null, body.bodyUsed],
  'dump of few': async body => (await body.dump({ limit: 10 })) ?? null,
  'async iteration': async body => (await Array.fromAsync(body)).join(''),
  pipe: async body => {
    let length = 0
    const sink = new Writable({ write: (chunk: Buffer, _, done) => ((length += chunk.length), done()) })
    await pipeline(body, sink)
    return length
  },
  events: async body => {
    let text = ''
    body.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    await Promise.all([once(body, 'end'), once(body, 'close')])
    return text
  },
  'web stream': body => new Response(body.body).text(),
  'text after listening for the end': async body => {
    const [, text] = await Promise.all([once(body, 'end'), body.text()])
    return text
  },
  'a stream after text': async body => {
    await body.text()
    return (await Array.fromAsync(body)).join('')
  },
  form: body => body.formData(),
}

async function seen(ask: Ask, path: string, read: (body: Body) => Promise<unknown>): Promise<unknown> {
  try {
    const { statusCode, statusText, headers, trailers, opaque, body } = await ask(path)
    const { date: _, ...rest } = headers
    const used = body.bodyUsed
    const content = await read(body).catch(said)
    return { statusCode, statusText, headers: rest, trailers, opaque, used, content }
  } catch (error) {
    return said(error)
  }
}

function said(error: unknown): unknown {
  const { name, message, code } = error as Error & { code?: string }
  return code === 'UND_ERR_NOT_SUPPORTED' || name === 'SyntaxError' ? { name } : { name, message, code }
}

describe('lightRequest', () => {
  for (const path of Object.keys(ANSWERS)) {
    for (const [how, read] of Object.entries(READINGS)) {
      it(`gives what undici's request gives for ${path}, read by ${how}`, async () => {
        assert.deepEqual(await seen(ours, path, read), await seen(theirs, path, read))
      })
    }
  }

  it('gives its body once', async () => {
    const { body } = await ours('/text')
    assert.deepEqual([body.bodyUsed, await body.text(), body.bodyUsed], [false, 'text', true])
    await assert.rejects(body.text(), { name: 'TypeError', message: 'unusable' })
    const streamed = (await ours('/text')).body
    await once(streamed.resume(), 'end')
    await assert.rejects(streamed.text(), { name: 'TypeError', message: 'unusable' })
  })

  it('gives up an answer whose body is destroyed', async () => {
    const { body } = await ours('/long')
    body.destroy()
    await once(body, 'close').catch(() => {})
    await assert.rejects(body.text(), { code: 'UND_ERR_ABORTED' })
    assert.equal(await (await ours('/text')).body.text(), 'text')
  })

  it('refuses what is no request as undici does', async () => {
    for (const options of [{ headers: { 'a b': 'c' } }, { method: 'GE T' }, { path: 'no path' }] as const) {
      await assert.rejects(ours('/text', options), { code: 'UND_ERR_INVALID_ARG' })
    }
  })
})
