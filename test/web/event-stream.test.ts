import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { EventStream, type EventStreamOptions } from '../../src/web/event-stream.ts'
import { eventually } from '../endpoint/eventually.ts'
import { RawClient, serveNode } from './serve.ts'

async function open(t: TestContext, options?: EventStreamOptions): Promise<{ stream: EventStream; client: RawClient }> {
  const { promise, resolve } = Promise.withResolvers<EventStream>()
  const url = await serveNode(t, (request, response) => resolve(new EventStream(request, response, options)))
  const client = await RawClient.open(t, url)
  client.send('GET / HTTP/1.1\nHost: x\n\n')
  return { stream: await promise, client }
}

describe('EventStream', () => {
  it('sends its head at once', async t => {
    const { client } = await open(t)
    await client.receives(/200 OK.*text\/event-stream.*\r\n\r\n$/s)
  })

  it('writes id, name and every line of the data', async t => {
    const { stream, client } = await open(t)
    stream.send({ id: 7, event: 'set', data: 'a\nb\r\nc' })
    stream.send({ data: '' })
    await client.receives(/\nid: 7\nevent: set\ndata: a\ndata: b\ndata: c\n\n.*data: \n\n/s)
  })

  it('refuses an id or name that would break the stream', async t => {
    const { stream } = await open(t)
    assert.throws(() => stream.send({ id: 'a\nb', data: '' }), TypeError)
    assert.throws(() => stream.send({ event: 'a\rb', data: '' }), TypeError)
  })

  it('sends a comment every so often', async t => {
    const clock = new FakeClock()
    const { stream, client } = await open(t, { clock, heartbeatMs: 1000 })
    await clock.advance(2000)
    await client.receives(/:\n\n.*:\n\n/s)
    stream.close()
    assert.equal(clock.pending, 0)
  })

  it('knows when its reader is slow, and waits until it is not', async t => {
    const { stream, client } = await open(t)
    await client.receives(/event-stream/)
    client.socket.pause()
    const data = 'x'.repeat(100_000)
    while (stream.writable) {
      stream.send({ data })
      for (let turn = 0; turn < 5; turn++) await setImmediate()
    }
    assert.equal(stream.writable, false)
    let isDrained = false
    const drained = stream.drained().then(() => (isDrained = true))
    await setImmediate()
    assert.equal(isDrained, false)
    client.socket.resume()
    await drained
    assert.equal(stream.writable, true)
  })

  it('tells by its signal that the client left, and ignores what is sent then', async t => {
    const { stream, client } = await open(t)
    client.socket.destroy()
    await eventually(() => stream.signal.aborted)
    assert.equal(stream.send({ data: 'x' }), false)
    await assert.rejects(stream.drained(), { code: 'ERR_CLIENT_GONE' })
  })

  it('ends when the given signal aborts', async t => {
    const controller = new AbortController()
    const { stream, client } = await open(t, { signal: controller.signal })
    controller.abort()
    assert.equal(stream.signal.aborted, true)
    await client.receives(/\r\n0\r\n\r\n$/)
  })
})
