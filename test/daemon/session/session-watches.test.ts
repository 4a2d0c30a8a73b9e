import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { Connection } from '../../../src/daemon/session/connection.ts'
import { Encoder } from '../../../src/daemon/session/encoded.ts'
import { SessionWatches } from '../../../src/daemon/session/session-watches.ts'
import { Turn } from '../../../src/daemon/turn.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { users } from '../../discovery/store/instances.ts'
import { serveSessions, until } from './session-client.ts'

describe('The watches of a session', () => {
  it('begin with the whole set, and go on with what changed', async t => {
    const { connect, store } = await serveSessions(t)
    const owner = store.leases.connect({ id: 'x', name: 'x' })
    const claim = store.leases.register(owner, users('a'), 60_000)
    const client = await connect()
    await client.hello('one')
    client.say({ type: 'watch', service: 'users' })
    const wire = { id: 'a', endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 }
    const first = { type: 'set', service: 'users', revision: 1, known: true, settled: true, instances: [wire] }
    assert.deepEqual(await client.next('set'), first)
    store.leases.register(owner, users('b'), 60_000)
    store.leases.revoke(claim)
    const { from, to, put, gone } = await client.next('delta')
    assert.deepEqual([from, to, put?.map(({ id }) => id), gone], [1, 3, ['b'], ['a']])
  })

  it('begin with an empty, unknown set for a service nobody has heard of', async t => {
    const { connect } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    client.say({ type: 'watch', service: 'nobody' })
    const { known, instances } = await client.next('set')
    assert.deepEqual([known, instances], [false, []])
  })

  it('tell of an instance only what changed of it, all of it if it is another one', async t => {
    const { connect, store } = await serveSessions(t)
    const owner = store.leases.connect({ id: 'x', name: 'x' })
    const claim = store.leases.register(owner, users('a', { zone: 'here', tags: ['blue'] }), 60_000)
    const client = await connect()
    await client.hello('one')
    client.say({ type: 'watch', service: 'users' })
    await client.next('set')
    store.leases.update(claim, { zone: '' })
    store.leases.update(claim, { weight: 5 })
    const { put, changed } = await client.next('delta')
    assert.deepEqual([put, changed], [undefined, [{ id: 'a', weight: 5, zone: '' }]])
    store.leases.revoke(claim)
    store.leases.register(owner, users('a', { weight: 5 }), 60_000)
    const another = await client.next('delta')
    const whole = { id: 'a', endpoints: ['tcp://127.0.0.1:1'], startedAt: 0, weight: 5 }
    assert.deepEqual([another.put, another.changed], [[whole], undefined])
  })

  it('resume with what changed meanwhile, and with a sign that they are current if nothing did', async t => {
    const { connect, store } = await serveSessions(t)
    const owner = store.leases.connect({ id: 'x', name: 'x' })
    for (const id of ['a', 'b']) store.leases.register(owner, users(id), 60_000)
    const client = await connect()
    await client.hello('one')
    const { epoch } = store
    client.say({ type: 'watch', service: 'users', epoch, revision: 1 })
    const { from, to, put } = await client.next('delta')
    assert.deepEqual([from, to, put?.map(({ id }) => id)], [1, 2, ['b']])
    client.say({ type: 'watch', service: 'users', epoch, revision: 2 })
    const current = await client.next('delta')
    assert.deepEqual([current.from, current.to, current.put, current.gone], [2, 2, undefined, undefined])
  })

  it('begin anew when what they resume from is of another epoch, or not remembered', async t => {
    const { connect, store } = await serveSessions(t)
    store.leases.register(store.leases.connect({ id: 'x', name: 'x' }), users('a'), 60_000)
    const client = await connect()
    await client.hello('one')
    client.say({ type: 'watch', service: 'users', epoch: 'another', revision: 1 })
    await client.next('set')
    client.say({ type: 'watch', service: 'users', epoch: store.epoch, revision: 99 })
    await client.next('set')
  })

  it('hold a drain up until they have acknowledged, if they resume from before it', async t => {
    const { connect, store, clock } = await serveSessions(t)
    const owner = store.leases.connect({ id: 'x', name: 'x' })
    const claim = store.leases.register(owner, users('a'), 60_000)
    const client = await connect()
    await client.hello('one')
    client.say({ type: 'watch', service: 'users', epoch: store.epoch, revision: 1 })
    await client.next('delta')
    const drained = store.leases.drain(claim, { drainMs: 100 })
    client.say({ type: 'watch', service: 'users', epoch: store.epoch, revision: 1 })
    await client.next('delta', ({ changed }) => changed?.[0]?.status === 'draining')
    await clock.advance(100)
    assert.deepEqual((await drained).missing, ['one (process 1 on test)'])
  })

  it('tell when the registry settles, without a change', async t => {
    const { connect, store } = await serveSessions(t, { settled: false })
    store.leases.register(store.leases.connect({ id: 'x', name: 'x' }), users('a'), 60_000)
    const client = await connect()
    await client.hello('one')
    client.say({ type: 'watch', service: 'users' })
    assert.equal((await client.next('set')).settled, false)
    store.rosters.settle()
    const { from, to, settled, put } = await client.next('delta')
    assert.deepEqual([from, to, settled, put], [1, 1, true, undefined])
  })

  it('tell all that one turn changed in one frame', async t => {
    const { connect, store } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    client.say({ type: 'watch', service: 'users' }, { type: 'watch', service: 'orders' }, { type: 'watch-names' })
    await client.next('names')
    client.frames = 0
    const owner = store.leases.connect({ id: 'x', name: 'x' })
    for (const serviceName of ['users', 'orders']) {
      for (const id of ['a', 'b']) store.leases.register(owner, users(id, { serviceName }), 60_000)
    }
    await client.next('names')
    assert.equal(client.frames, 1)
  })

  it('end when asked to, once and for all', async t => {
    const { connect, store } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    client.say({ type: 'watch', service: 'users' }, { type: 'watch-names' })
    await client.next('names')
    client.say({ type: 'unwatch', service: 'users' }, { type: 'unwatch', service: 'users' }, { type: 'unwatch-names' })
    await until(() => store.rosters.watchers('users').length === 0, 'the watch is over')
    await client.register('a')
    client.say({ type: 'renew', seq: 2 })
    await client.next('ok', ({ seq }) => seq === 2)
    assert.deepEqual(client.heard, [])
  })

  it('cost no memory for a session that does not read, and give it the newest when it does', async t => {
    const { connect, store } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    client.say({ type: 'watch', service: 'users' })
    await client.next('set')
    client.webSocket.pause()
    const owner = store.leases.connect({ id: 'x', name: 'x' })
    const metadata = { filling: 'x'.repeat(60_000) }
    const claim = store.leases.register(owner, users('a', { metadata }), 60_000)
    const before = process.memoryUsage().arrayBuffers
    for (let round = 1; round <= 1_000; round++) {
      store.leases.update(claim, { metadata: { ...metadata, round: `${round}` } })
      await delay(0)
    }
    const grownBytes = process.memoryUsage().arrayBuffers - before
    assert.ok(grownBytes < 20e6, `${grownBytes} bytes were kept for it`)
    client.webSocket.resume()
    await client.next('delta', ({ put = [], changed = [] }) => [...put, ...changed][0]?.metadata?.round === '1000')
    assert.ok(client.frames < 500)
  })

  it('tell who has written something of it before it is answered, though there is no room', async () => {
    const [turn, store, sent] = [new Turn(), new Store(), [] as string[]]
    const webSocket = {
      isOpen: true,
      bufferedBytes: 2 ** 30,
      send: (text: string) => sent.push(text),
    }
    const connection = new Connection({ webSocket: { ...noWebSocket, ...webSocket }, turn, now: () => 0 })
    const [mayRead, encoder] = [() => true, new Encoder()]
    const { rosters, epoch } = store
    const watches = new SessionWatches({ rosters, epoch, encoder, turn, connection, name: 'one', mayRead })
    watches.watch({ type: 'watch', service: 'users' })
    await nextTurn()
    assert.deepEqual(sent, [])
    store.leases.register(store.leases.connect({ id: 'x', name: 'x' }), users('a'), 60_000)
    watches.tell('users')
    watches.tell('orders')
    connection.answer('{"type":"ok","seq":1}')
    await nextTurn()
    assert.match(sent.join(), /^\[\{"type":"set","service":"users".*"id":"a".*\},\{"type":"ok","seq":1\}\]$/)
    watches.close('close')
    store.close()
  })
})

const ignore = () => {}
const noWebSocket = {
  listen: ignore,
  pause: ignore,
  resume: ignore,
  sendFrame: ignore,
  ping: ignore,
  close: ignore,
  destroy: ignore,
}
