import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Doubt } from '../../../src/adapters/daemon/doubt.ts'
import type { Outgoing } from '../../../src/adapters/daemon/outbox.ts'
import { SharedWatch } from '../../../src/adapters/daemon/shared-watch.ts'
import type { InstanceSet } from '../../../src/discovery/instance-set.ts'
import type { ClientMessage } from '../../../src/protocol/client-message.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const wire = (id: string) => ({ id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 1 })
const flags = { service: 'users', known: true, settled: true }
const set = (revision: number, ...ids: string[]) =>
  ({ type: 'set', ...flags, revision, instances: ids.map(wire) }) as const
const delta = (from: number, to: number, ...ids: string[]) =>
  ({ type: 'delta', ...flags, from, to, put: ids.map(wire) }) as const

/** A SharedWatch whose messages are looked at with `flush`. */
function shared() {
  let outbox: Outgoing[] = []
  const idle: true[] = []
  const clock = new FakeClock()
  const doubt = new Doubt(clock)
  const watch = new SharedWatch({
    serviceName: 'users',
    clock,
    doubt,
    post: message => outbox.push(message),
    onIdle: () => idle.push(true),
  })
  const flush = (): ClientMessage[] => {
    const messages = outbox.flatMap(message => (typeof message === 'function' ? (message() ?? []) : message))
    outbox = []
    return messages
  }
  return { clock, doubt, watch, flush, idle, posted: () => outbox.length }
}

/** Reads one set after the other, each when asked. */
function reader(watch: SharedWatch) {
  const giveUp = new AbortController()
  const sets = watch.read({ signal: giveUp.signal })
  return {
    next: async () => (await sets.next()).value as InstanceSet,
    /** Asks for the next set, which acknowledges the last one. */
    goOn: () => void sets.next().catch(() => {}),
    leave: async () => {
      giveUp.abort()
      await sets.return()
    },
  }
}

describe('SharedWatch', () => {
  it('gives every reader the newest set at once, the very same object', async () => {
    const { watch } = shared()
    watch.open('e1')
    watch.replace(set(5, 'a', 'b'))
    const [one, other] = [await reader(watch).next(), await reader(watch).next()]
    assert.equal(one, other)
    assert.deepEqual(
      one.instances.map(({ id }) => id),
      ['a', 'b'],
    )
  })

  it('applies differences to the set it has', async () => {
    const { watch } = shared()
    watch.open('e1')
    watch.replace(set(5, 'a'))
    watch.change({ ...delta(5, 7, 'b'), gone: ['a'], settled: false })
    const { revision, instances, settled } = await reader(watch).next()
    assert.deepEqual([revision, instances.map(({ id }) => id), settled], [7, ['b'], false])
  })

  it('asks again, once, from where it stands when a difference does not fit', () => {
    const { watch, flush } = shared()
    watch.open('e1')
    watch.replace(set(5, 'a'))
    flush()
    watch.change(delta(6, 7, 'b'))
    watch.change(delta(7, 8, 'c'))
    assert.deepEqual(flush(), [{ type: 'watch', service: 'users', epoch: 'e1', revision: 5, acknowledged: 0 }])
    watch.change(delta(5, 8, 'b', 'c'))
    watch.change(delta(9, 10, 'd'))
    assert.equal(flush().length, 1)
  })

  it('shows the last set as stale while there is no connection, and as current when the daemon says so', async () => {
    const { watch, flush } = shared()
    watch.open('e1')
    watch.replace(set(5, 'a'))
    const { next } = reader(watch)
    assert.equal((await next()).stale, false)
    watch.lose()
    const stale = await next()
    assert.deepEqual([stale.revision, stale.stale], [5, true])
    flush()
    watch.open('e1')
    assert.deepEqual(flush(), [{ type: 'watch', service: 'users', epoch: 'e1', revision: 5, acknowledged: 5 }])
    watch.change(delta(5, 5))
    const current = await next()
    assert.deepEqual([current.revision, current.stale], [5, false])
  })

  it('settles no set while there is doubt, and then only what the daemon vouches for', async () => {
    const { clock, doubt, watch } = shared()
    watch.open('e1')
    watch.replace(set(5, 'a'))
    const { next } = reader(watch)
    assert.equal((await next()).settled, true)
    doubt.opened({ graceMs: 0, pingMs: 1_000 }, 1)
    watch.change(delta(5, 6, 'b'))
    assert.equal((await next()).settled, false)
    watch.change({ ...delta(6, 7, 'c'), settled: false })
    assert.equal((await next()).revision, 7)
    await clock.advance(2_000)
    watch.change(delta(7, 8, 'd'))
    assert.equal((await next()).settled, false)
    await clock.advance(1_000)
    const { revision, settled } = await next()
    assert.deepEqual([revision, settled], [8, true])
  })

  it('does not take differences of a new epoch for changes of the old set', () => {
    const { watch, flush } = shared()
    watch.open('e1')
    watch.replace(set(5, 'a'))
    watch.lose()
    watch.open('e2')
    flush()
    watch.change(delta(5, 6, 'b'))
    assert.equal(flush().length, 1)
  })

  it('shows growing revisions even if a new epoch begins below, and talks to the daemon in its own', async () => {
    const { watch, flush } = shared()
    watch.open('e1')
    watch.replace(set(100, 'a'))
    const { next, goOn } = reader(watch)
    await next()
    watch.lose()
    await next()
    watch.open('e2')
    flush()
    watch.replace(set(3, 'b'))
    const sets = [await next()]
    watch.change(delta(3, 4, 'c'))
    sets.push(await next())
    assert.deepEqual(
      sets.map(({ revision }) => revision),
      [101, 102],
    )
    goOn()
    assert.deepEqual(flush(), [{ type: 'ack', service: 'users', revision: 4 }])
  })

  it('does not acknowledge to a new epoch what was of the old', async () => {
    const { watch, flush } = shared()
    watch.open('e1')
    watch.replace(set(100, 'a'))
    const { next, goOn } = reader(watch)
    await next()
    watch.lose()
    watch.open('e2')
    flush()
    goOn()
    assert.deepEqual(flush(), [])
  })

  it('acknowledges a revision once all readers have gone on from it', async () => {
    const { watch, flush } = shared()
    const [fast, slow] = [reader(watch), reader(watch)]
    watch.open('e1')
    const [fastNext, slowNext] = [fast.next(), slow.next()]
    watch.replace(set(5, 'a'))
    await Promise.all([fastNext, slowNext])
    flush()
    fast.goOn()
    assert.deepEqual(flush(), [])
    slow.goOn()
    assert.deepEqual(flush(), [{ type: 'ack', service: 'users', revision: 5 }])
    assert.deepEqual(flush(), [])
  })

  it('acknowledges changes that no drain waits for within a second, all at once', async () => {
    const { clock, watch, flush, posted } = shared()
    watch.open('e1')
    watch.replace(set(5, 'a'))
    const { next, goOn } = reader(watch)
    await next()
    for (const from of [5, 6, 7]) {
      watch.change(delta(from, from + 1, 'b'))
      await next()
    }
    goOn()
    assert.deepEqual(flush(), [
      { type: 'watch', service: 'users' },
      { type: 'ack', service: 'users', revision: 8 },
    ])
    for (const from of [8, 9, 10]) {
      watch.change(delta(from, from + 1, 'b'))
      await clock.settle()
      goOn()
    }
    assert.equal(posted(), 0)
    await clock.advance(1_000)
    assert.deepEqual(flush(), [{ type: 'ack', service: 'users', revision: 11 }])
  })

  it('acknowledges the mark of a drain at once, even if more has changed since', async () => {
    const { watch, flush } = shared()
    watch.open('e1')
    watch.replace(set(5, 'a'))
    const { next, goOn } = reader(watch)
    await next()
    goOn()
    flush()
    watch.change({ ...delta(5, 6), put: [{ ...wire('a'), status: 'draining' }] })
    watch.change(delta(6, 7, 'b'))
    goOn()
    await new Promise(setImmediate)
    assert.deepEqual(flush(), [{ type: 'ack', service: 'users', revision: 7 }])
  })

  it('leaves no timer behind when it is closed, or its last reader has left', async () => {
    for (const end of ['close', 'leave'] as const) {
      const { clock, watch, flush } = shared()
      watch.open('e1')
      watch.replace(set(5, 'a'))
      const { next, leave } = reader(watch)
      await next()
      watch.change(delta(5, 6, 'b'))
      await next()
      flush()
      watch.change(delta(6, 7, 'b'))
      await next()
      assert.equal(clock.pending, 1)
      if (end === 'leave') await leave()
      else watch.close(new Error('closed'))
      await assert.doesNotReject(end === 'leave' ? next() : assert.rejects(next(), /closed/))
      assert.equal(clock.pending, 0)
    }
  })

  it('waits no longer for a reader that has left', async () => {
    const { watch, flush } = shared()
    const [fast, slow] = [reader(watch), reader(watch)]
    watch.open('e1')
    const [fastNext, slowNext] = [fast.next(), slow.next()]
    watch.replace(set(5, 'a'))
    await Promise.all([fastNext, slowNext])
    fast.goOn()
    flush()
    await slow.leave()
    assert.deepEqual(flush(), [{ type: 'ack', service: 'users', revision: 5 }])
  })

  it('takes a newcomer for somebody who works with nothing older than the present set', async () => {
    const { watch, flush } = shared()
    watch.open('e1')
    const first = reader(watch)
    const firstNext = first.next()
    watch.replace(set(5, 'a'))
    await firstNext
    await reader(watch).next()
    flush()
    first.goOn()
    assert.deepEqual(flush(), [{ type: 'ack', service: 'users', revision: 5 }])
  })

  it('posts one acknowledgement for a thousand readers that go on in one turn', async () => {
    const { watch, flush, posted } = shared()
    watch.open('e1')
    const readers = Array.from({ length: 1_000 }, () => reader(watch))
    const nexts = readers.map(({ next }) => next())
    watch.replace(set(5, 'a'))
    await Promise.all(nexts)
    flush()
    for (const { goOn } of readers) goOn()
    assert.equal(posted(), 1)
    assert.deepEqual(flush(), [{ type: 'ack', service: 'users', revision: 5 }])
  })

  it('tells when the last reader has left', async () => {
    const { watch, idle } = shared()
    watch.open('e1')
    watch.replace(set(5, 'a'))
    const [one, other] = [reader(watch), reader(watch)]
    await Promise.all([one.next(), other.next()])
    await one.leave()
    assert.equal(idle.length, 0)
    await other.leave()
    assert.equal(idle.length, 1)
  })

  it('ends its readers with the error it is closed with', async () => {
    const { watch } = shared()
    const { next } = reader(watch)
    const waiting = next()
    watch.close(new Error('closed'))
    await assert.rejects(waiting, /closed/)
  })
})
