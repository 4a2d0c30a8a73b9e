import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Streams } from '../../../src/daemon/rest/streams.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { Router } from '../../../src/web/router.ts'
import { events } from './rest-server.ts'

async function served(t: Parameters<typeof events>[0], options: { max?: number } = {}) {
  const clock = new FakeClock()
  const streams = new Streams(clock, options)
  const watchers = new Set<() => void>()
  let state = 0
  const source = {
    newest: () => ({ id: state, data: String(state) }),
    watch(onChange: () => void) {
      watchers.add(onChange)
      return () => void watchers.delete(onChange)
    },
  }
  const router = new Router().route('GET', '/', exchange => streams.serve(exchange, source))
  const server = createServer(router.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const change = () => {
    state++
    for (const onChange of watchers) onChange()
  }
  return { clock, streams, watchers, change, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

describe('Streams', () => {
  it('sends the present state, and the newest after each change', async t => {
    const { url, change } = await served(t)
    const stream = await events(t, url)
    assert.equal((await stream.next()).data, 0)
    change()
    assert.equal((await stream.next()).data, 1)
  })

  it('watches nothing any more for a client that has left', async t => {
    const { url, watchers, clock } = await served(t)
    const stream = await events(t, url)
    await stream.next()
    assert.equal(watchers.size, 1)
    stream.leave()
    while (watchers.size > 0) await new Promise(setImmediate)
    assert.equal(clock.pending, 0)
  })

  it('opens as many as may be, and one more only when one has ended', async t => {
    const { url, watchers } = await served(t, { max: 2 })
    const [first] = [await events(t, url), await events(t, url)]
    await first.next()
    while (watchers.size < 2) await new Promise(setImmediate)
    const refused = await fetch(url)
    assert.deepEqual([refused.status, /ERR_TOO_MANY_STREAMS/.test(await refused.text())], [503, true])
    assert.equal(watchers.size, 2)
    first.leave()
    while (watchers.size > 1) await new Promise(setImmediate)
    const next = await events(t, url)
    assert.equal((await next.next()).data, 0)
  })

  it('ends all streams when it is closed', async t => {
    const { url, streams, watchers } = await served(t)
    const stream = await events(t, url)
    await stream.next()
    streams.close()
    await assert.rejects(stream.next(), /the stream has ended/)
    assert.equal(watchers.size, 0)
  })
})
