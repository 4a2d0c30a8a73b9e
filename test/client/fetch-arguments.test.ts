import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Dispatcher, FormData as UndiciFormData, Request as UndiciRequest } from 'undici'
import { fetchArguments } from '../../src/client/fetch-arguments.ts'

/** Notes the body of what is dispatched. */
class Recorder extends Dispatcher {
  readonly bodies: unknown[] = []

  override dispatch({ body }: Dispatcher.DispatchOptions): boolean {
    this.bodies.push(body)
    return true
  }
}

/** What the dispatcher is given in the end when undici's fetch has made a stream of `body`. */
function dispatchedBody(body: NonNullable<RequestInit['body']>): unknown {
  const recorder = new Recorder()
  const [, { dispatcher }] = fetchArguments(recorder, 'http://users/', { method: 'PUT', body })
  dispatcher?.dispatch({ path: '/', method: 'PUT', body: 'a stream' }, {})
  return recorder.bodies[0]
}

describe('fetchArguments', () => {
  it('adds the dispatcher and leaves the rest as it is', () => {
    const recorder = new Recorder()
    const url = new URL('http://users/')
    assert.deepEqual(fetchArguments(recorder, url, undefined), [url, { dispatcher: recorder }])
    const [, init] = fetchArguments(recorder, 'http://users/', { method: 'DELETE', headers: { a: 'b' } })
    assert.deepEqual(init, { method: 'DELETE', headers: { a: 'b' }, dispatcher: recorder })
    const request = new UndiciRequest('http://users/')
    assert.equal(fetchArguments(recorder, request, undefined)[0], request)
  })

  it('gives bodies that are text or bytes to the dispatcher as bytes, which can be sent a second time', () => {
    const bytes = new TextEncoder().encode('xbytesx')
    const bodies = ['bytes', bytes.slice(1, 6), bytes.slice(1, 6).buffer, bytes.subarray(1, 6)]
    for (const body of bodies) assert.deepEqual(Buffer.from(dispatchedBody(body) as Uint8Array).toString(), 'bytes')
    const form = dispatchedBody(new URLSearchParams({ a: 'b c' })) as Uint8Array
    assert.equal(Buffer.from(form).toString(), 'a=b+c')
  })

  it('leaves streams to the dispatcher, and no body none', () => {
    assert.equal(dispatchedBody(new Blob(['b']).stream()), 'a stream')
    const recorder = new Recorder()
    const [, { dispatcher }] = fetchArguments(recorder, 'http://users/', { method: 'POST', body: 'text' })
    dispatcher?.dispatch({ path: '/', method: 'GET', body: null }, {})
    assert.deepEqual(recorder.bodies, [null])
  })

  it('takes a Request of the platform apart, and lets init override it', () => {
    const request = new Request('http://users/a', { method: 'POST', body: 'x', headers: { a: 'b' } })
    const [input, init] = fetchArguments(new Recorder(), request, { method: 'PATCH' })
    assert.deepEqual([input, init.method, init.duplex], ['http://users/a', 'PATCH', 'half'])
    assert.equal(new Headers(init.headers as Headers).get('a'), 'b')
  })

  it('takes a Request in place of an init, of the platform or of undici', async () => {
    const parts = { method: 'POST', body: 'x', headers: { a: 'b' } }
    const requests = [new Request('http://site/', parts), new UndiciRequest('http://site/', parts)]
    for (const request of requests as RequestInit[]) {
      const [input, init] = fetchArguments(new Recorder(), 'http://users/', request)
      assert.deepEqual([input, init.method, init.duplex], ['http://users/', 'POST', 'half'])
      assert.equal(new Headers(init.headers as Headers).get('a'), 'b')
      assert.equal(await new Response(init.body as ReadableStream).text(), 'x')
    }
  })

  it('makes a form of the platform one of undici', () => {
    const form = new FormData()
    form.set('field', 'value')
    const [, { body }] = fetchArguments(new Recorder(), 'http://users/', { method: 'POST', body: form })
    assert.ok(body instanceof UndiciFormData)
    assert.equal(body.get('field'), 'value')
  })
})
