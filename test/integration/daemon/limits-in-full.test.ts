import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import { Streams } from '../../../src/daemon/rest/streams.ts'
import { SESSION_PATH } from '../../../src/protocol/protocol.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import type { Exchange } from '../../../src/web/router.ts'
import { type SessionClient, serveSessions, until } from '../../daemon/session/session-client.ts'

// Tens of thousands of connections are more than some systems let a process have, and say nothing more of a count than as many of which nobody is at the other end.

const drain = (seq: number) => ({ type: 'drain', seq, service: 'users', id: 'a', drainMs: 60_000 }) as const

const renewals = (count: number) =>
  Array.from({ length: count }, (_, seq) => ({ type: 'renew', seq, lagMs: 0 }) as const)

/** A request for a session that nobody sent, and what it is answered with. */
function upgradeBy(upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void) {
  const request = new IncomingMessage(new Socket())
  const headers = { host: 'localhost', upgrade: 'websocket', 'sec-websocket-version': '13' }
  Object.assign(request, { method: 'GET', url: SESSION_PATH })
  Object.assign(request.headers, headers, { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' })
  let said = ''
  const write = (chunk: Buffer, _: string, done: () => void) => {
    said ||= chunk.toString('latin1', 0, 12)
    done()
  }
  const socket = new Duplex({ read: () => {}, write })
  upgrade(request, socket, Buffer.alloc(0))
  return { socket, status: said.slice(9) }
}

/** The answer to a request that nobody sent. */
function exchange(): Exchange {
  const request = new IncomingMessage(new Socket())
  return { request, response: new ServerResponse(request), params: {}, query: new URLSearchParams() }
}

/** Asks for drains that nobody acknowledges, and is back when the last of them was asked for. */
async function drainTimes(count: number, holder: SessionClient): Promise<void> {
  for (let seq = 0; seq < count; seq += 5_000) {
    holder.say(...Array.from({ length: Math.min(5_000, count - seq) }, (_, at) => drain(seq + at)))
    holder.say({ type: 'renew', seq: 50_000, lagMs: 0 })
    await holder.next('ok')
  }
}

describe('The counts of a registry daemon, in full', () => {
  it('take 20,000 sessions, refuse one more, and take another when one has gone', async t => {
    const { sessions } = await serveSessions(t)
    const [first] = Array.from({ length: 20_000 }, () => {
      const { status, socket } = upgradeBy(sessions.upgrade)
      assert.equal(status, '101')
      return socket
    })
    assert.deepEqual([upgradeBy(sessions.upgrade).status, sessions.size], ['503', 20_000])
    first?.destroy()
    await until(() => sessions.size === 19_999, 'one is over')
    assert.deepEqual([upgradeBy(sessions.upgrade).status, sessions.size], ['101', 20_000])
  })

  it('take 10,000 event streams, refuse one more, and take another when one has gone', () => {
    const watchers = new Set<() => void>()
    const watch = (onChange: () => void) => {
      watchers.add(onChange)
      return () => void watchers.delete(onChange)
    }
    const streams = new Streams(new FakeClock())
    const serve = () => {
      const made = exchange()
      streams.serve(made, { newest: () => ({ data: 'state' }), watch })
      return made.response
    }
    const [first] = Array.from({ length: 10_000 }, serve)
    assert.throws(serve, { code: 'ERR_TOO_MANY_STREAMS', status: 503 })
    assert.equal(watchers.size, 10_000)
    first?.emit('close')
    serve()
    assert.throws(serve, { code: 'ERR_TOO_MANY_STREAMS' })
    assert.equal(watchers.size, 10_000)
    streams.close()
  })

  it('take 10,000 drains of one session at a time, refuse one more, and another one when one has ended', async t => {
    const { connect, store } = await serveSessions(t)
    const [holder, consumer] = [await connect(), await connect()]
    await holder.hello('holder')
    await consumer.hello('consumer')
    await holder.register('a')
    await holder.register('b', { seq: 2 })
    consumer.say({ type: 'watch', service: 'users' })
    await consumer.next('set')
    await drainTimes(10_000, holder)
    const { revision } = store.rosters.set('users')
    holder.say({ ...drain(20_000), id: 'b' })
    const { seq, code, message } = await holder.next('error')
    assert.deepEqual([seq, code, /at most 10000 drains/.test(message)], [20_000, 'ERR_REGISTRY_LIMIT', true])
    assert.deepEqual(
      [store.rosters.set('users').revision, store.leases.find('users', 'b')?.instance.status],
      [revision, 'ready'],
    )
    consumer.say({ type: 'ack', service: 'users', revision })
    await holder.next('drained', ended => ended.seq === 9_999)
    holder.say({ ...drain(20_001), id: 'b' })
    const { changed } = await consumer.next('delta', ({ from }) => from === revision)
    assert.deepEqual(changed, [{ id: 'b', status: 'draining' }])
  })

  it('take a frame of 10,000 messages, and close a session for one more', async t => {
    const { connect } = await serveSessions(t)
    const client = await connect()
    await client.hello('client')
    client.say(...renewals(10_000))
    await client.next('ok', ({ seq }) => seq === 9_999)
    client.say(...renewals(10_001))
    const { code, reason } = await client.end()
    assert.deepEqual([code, /10001|10,001|10000|10,000/.test(reason)], [1002, true])
  })

  it('take a session that comes back with 100,000 instances, and close one that names one more', async t => {
    const { connect } = await serveSessions(t)
    const held = Array.from({ length: 100_001 }, () => ({ service: 's', id: 'i' }))
    const [within, beyond] = [await connect(), await connect()]
    assert.deepEqual((await within.hello('within', held.slice(1))).held, [])
    beyond.sayHello('beyond', held)
    assert.equal((await beyond.end()).code, 1002)
  })
})
