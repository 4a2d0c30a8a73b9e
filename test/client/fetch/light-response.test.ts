import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lightResponse, type ResponseInfo } from '../../../src/client/fetch/light-response.ts'
import { ResponseBody } from '../../../src/client/fetch/response-body.ts'

function response(text: string | null, info: Partial<ResponseInfo> = {}): Response {
  const body = text === null ? null : new ResponseBody({ pause() {}, resume() {}, cancel() {} })
  body?.onData(Buffer.from(text ?? ''))
  body?.onEnd()
  return lightResponse({ url: 'http://users/', status: 200, statusText: 'OK', headers: [], body, ...info }, false)
}

const form = (boundary: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--${boundary}--\r\n`

describe('lightResponse', () => {
  it('is a Response, for all that look', () => {
    const one = response('x')
    assert.ok(one instanceof Response)
    assert.equal(Object.prototype.toString.call(one), '[object Response]')
    for (const name of Object.getOwnPropertyNames(Response.prototype)) assert.ok(name in one)
  })

  it('has no member that insists on the engine’s own', () => {
    const own = Object.getPrototypeOf(response('')) as object
    for (const name of Object.getOwnPropertyNames(Response.prototype)) assert.ok(Object.hasOwn(own, name), name)
  })

  it('gives its body in every form, once', async () => {
    const readings: readonly [keyof Response, unknown][] = [
      ['text', '{"a":1}'],
      ['json', { a: 1 }],
      ['bytes', new Uint8Array(Buffer.from('{"a":1}'))],
      ['arrayBuffer', new Uint8Array(Buffer.from('{"a":1}')).buffer],
    ]
    for (const [name, expected] of readings) {
      const one = response('{"a":1}')
      const readBody = () => (one[name] as () => Promise<unknown>).call(one)
      assert.equal(one.bodyUsed, false)
      assert.deepEqual(await readBody(), expected)
      assert.equal(one.bodyUsed, true)
      for (const again of ['text', 'json', 'bytes', 'arrayBuffer', 'blob', 'formData'] as const) {
        await assert.rejects(one[again](), { name: 'TypeError', message: /already been read/ })
      }
      assert.throws(() => one.clone(), TypeError)
    }
  })

  it('gives a blob and a form with the type it has', async () => {
    const blob = await response('x', { headers: ['content-type', 'text/html'] }).blob()
    assert.deepEqual([blob.type, await blob.text()], ['text/html', 'x'])
    const headers = ['content-type', 'multipart/form-data; boundary=q']
    assert.equal((await response(form('q'), { headers }).formData()).get('a'), 'b')
  })

  it('can be read as a stream, or as a whole by way of the stream', async () => {
    const one = response('streamed')
    const stream = one.body
    assert.equal(one.body, stream)
    assert.equal(await one.text(), 'streamed')
    assert.equal(one.bodyUsed, true)
    await assert.rejects(one.text(), TypeError)
  })

  it('can be cloned before it is read, and both be read', async () => {
    const one = response('twice', { status: 404, url: 'http://users/a' })
    const other = one.clone()
    assert.deepEqual([await one.text(), await other.text()], ['twice', 'twice'])
    assert.deepEqual([other.status, other.url, one.ok], [404, 'http://users/a', false])
  })

  it('may have no body, which reads as nothing, as often as one likes', async () => {
    const one = response(null, { status: 204 })
    assert.deepEqual([one.body, await one.text(), await one.text(), one.bodyUsed], [null, '', '', false])
  })

  it('has headers for reading alone', () => {
    const { headers } = response('', { headers: [Buffer.from('X-A'), Buffer.from('caf\xe9', 'latin1')] })
    assert.equal(headers.get('x-a'), 'caf\xe9')
    for (const change of ['set', 'append', 'delete'] as const)
      assert.throws(() => headers[change]('x-a', ''), TypeError)
  })

  it('can be made anew from, with another body', async () => {
    const one = response('old', { status: 201, headers: ['x-a', '1'] })
    const other = new Response(`${await one.text()} and new`, one)
    assert.deepEqual([other.status, other.headers.get('x-a'), await other.text()], [201, '1', 'old and new'])
  })
})
