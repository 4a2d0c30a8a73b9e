import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { eventually } from '../endpoint/eventually.ts'
import { RawClient, serve, urlOf, webFailures } from './serve.ts'

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half')
  await setImmediate()
  throw new Error('disk on fire')
}

describe('sendResponse', () => {
  it('sends status, headers and a whole body with its length', async t => {
    const headers = new Headers({ 'x-a': '1' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    const site = await serve(t, () => new Response('é', { status: 201, statusText: 'Made', headers }))
    const response = await fetch(urlOf(site))
    assert.deepEqual([response.status, response.statusText, await response.text()], [201, 'Made', 'é'])
    assert.equal(response.headers.get('content-length'), '2')
    assert.equal(response.headers.get('content-type'), 'text/plain;charset=UTF-8')
    assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2'])
  })

  it('sends bytes, blobs, forms and nothing', async t => {
    const bodies = [new Uint8Array([0, 255, 128]), new Blob(['blob']), new URLSearchParams({ a: 'b' }), '', null]
    for (const body of bodies) {
      const site = await serve(t, () => new Response(body))
      const expected = await new Response(body).bytes()
      assert.deepEqual(await (await fetch(urlOf(site))).bytes(), expected)
    }
  })

  it('streams what comes bit by bit as it comes', async t => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const site = await serve(t, () => new Response(readable))
    const client = await RawClient.open(t, urlOf(site))
    client.send('GET / HTTP/1.1\nHost: x\n\n')
    await writer.write(Buffer.from('first'))
    await client.receives(/chunked.*first/s)
    await writer.write(Buffer.from('second'))
    await writer.close()
    await client.receives(/second\r\n0\r\n\r\n$/)
  })

  it('makes a stream no faster than the client reads, and cancels it when the client leaves', async t => {
    let made = 0
    let reason: unknown
    const body = new ReadableStream<Uint8Array>({
      pull: controller => {
        made++
        controller.enqueue(new Uint8Array(100_000))
      },
      cancel: cause => {
        reason = cause
      },
    })
    const site = await serve(t, () => new Response(body))
    const client = await RawClient.open(t, urlOf(site))
    client.socket.pause()
    client.send('GET / HTTP/1.1\nHost: x\n\n')
    let before = -1
    await eventually(async () => {
      const isStill = made > 0 && made === before
      before = made
      for (let turn = 0; turn < 20; turn++) await setImmediate()
      return isStill
    })
    client.socket.destroy()
    await eventually(() => reason !== undefined)
    assert.equal((reason as { code: string }).code, 'ERR_CLIENT_GONE')
  })

  it('cuts the answer off and publishes why when the body fails half way', async t => {
    const events = webFailures(t)
    const site = await serve(t, () => {
      return new Response(ReadableStream.from(failing()))
    })
    await assert.rejects(async () => (await fetch(urlOf(site))).text())
    assert.match(String(events[0]?.['error']), /disk on fire/)
  })

  it('answers HEAD without making the body', async t => {
    let cancelled = false
    const site = await serve(
      t,
      () => new Response(new ReadableStream({ cancel: () => void (cancelled = true) }), { headers: { 'x-a': '1' } }),
    )
    const response = await fetch(urlOf(site), { method: 'HEAD' })
    assert.equal(response.headers.get('x-a'), '1')
    await eventually(() => cancelled)
  })

  it('answers 500 to what is not a Response, or was used before', async t => {
    const used = new Response('x')
    await used.text()
    for (const answer of [undefined, 'text', Response.error(), used]) {
      const site = await serve(t, () => answer as Response)
      assert.equal((await fetch(urlOf(site))).status, 500)
    }
  })
})
