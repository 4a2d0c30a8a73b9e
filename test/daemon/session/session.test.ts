import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe } from '../../../src/core/event.ts'
import { JournalError } from '../../../src/daemon/errors.ts'
import { serveSessions, until } from './session-client.ts'

const users = (...ids: string[]) => ids.map(id => ({ service: 'users', id }))

describe('A session', () => {
  it('is welcomed with what it needs to know', async t => {
    const { connect, store } = await serveSessions(t)
    const client = await connect()
    assert.deepEqual(await client.hello('one'), {
      type: 'welcome',
      protocol: 1,
      epoch: store.epoch,
      server: { name: 'ropewalk', version: '1.2.3' },
      pingMs: 5_000,
      graceMs: 3_000,
      held: [],
    })
  })

  it('registers, updates and revokes', async t => {
    const { connect, store } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    await client.register('a', { seq: 1 })
    client.say({ type: 'update', seq: 2, service: 'users', id: 'a', changes: { weight: 5 } })
    await client.next('ok', ({ seq }) => seq === 2)
    assert.equal(store.rosters.set('users').instances[0]?.weight, 5)
    for (const seq of [3, 4]) client.say({ type: 'revoke', seq, service: 'users', id: 'a' })
    await client.next('ok', ({ seq }) => seq === 4)
    assert.deepEqual(store.rosters.set('users').instances, [])
  })

  it('is refused what cannot be, request by request, and goes on', async t => {
    const { connect } = await serveSessions(t)
    const [one, other] = [await connect(), await connect()]
    await one.hello('one')
    await other.hello('other')
    await one.register('a')
    const instance = { id: 'a', endpoints: ['tcp://127.0.0.1:2'], startedAt: 0 }
    other.say(
      { type: 'register', seq: 1, service: 'users', instance, ttlMs: 1_000 },
      { type: 'register', seq: 2, service: 'users', instance: { ...instance, endpoints: [] }, ttlMs: 1_000 },
      { type: 'register', seq: 3, service: 'users', instance: { ...instance, id: 'b' }, ttlMs: 1 },
      { type: 'update', seq: 4, service: 'users', id: 'a', changes: { weight: 5 } },
      { type: 'drain', seq: 5, service: 'users', id: 'b', drainMs: 1 },
      { type: 'revoke', seq: 6, service: 'users', id: 'a' },
    )
    await other.next('ok', ({ seq }) => seq === 6)
    await other.register('c', { seq: 7 })
    other.say({ type: 'update', seq: 8, service: 'users', id: 'a', changes: {} })
    const { code } = await other.next('error', ({ seq }) => seq === 8)
    assert.equal(code, 'ERR_LEASE_LOST')
  })

  it('names the reason of each refusal by its code', async t => {
    const { connect } = await serveSessions(t)
    const [one, other] = [await connect(), await connect()]
    await one.hello('one')
    await other.hello('other')
    await one.register('a')
    const instance = { id: 'a', endpoints: ['tcp://127.0.0.1:2'], startedAt: 0 }
    other.say(
      { type: 'register', seq: 1, service: 'users', instance, ttlMs: 1_000 },
      { type: 'register', seq: 2, service: 'a/b', instance, ttlMs: 1_000 },
      { type: 'drain', seq: 3, service: 'users', id: 'b', drainMs: 1 },
    )
    const codes = [await other.next('error'), await other.next('error'), await other.next('error')]
    assert.deepEqual(
      codes.map(({ seq, code }) => [seq, code]),
      [
        [1, 'ERR_INSTANCE_CONFLICT'],
        [2, 'ERR_INVALID_INSTANCE'],
        [3, 'ERR_LEASE_LOST'],
      ],
    )
  })

  it('is answered only when what it wrote is kept, and refused when that fails', async t => {
    const waiting: ((error?: JournalError) => void)[] = []
    const { connect } = await serveSessions(t, { durability: { whenKept: callback => waiting.push(callback) } })
    const client = await connect()
    await client.hello('one')
    const registered = client.register('a', { seq: 1 })
    await until(() => waiting.length === 1, 'the request is there')
    assert.deepEqual(client.heard, [])
    waiting.shift()?.()
    await registered
    client.say({ type: 'update', seq: 2, service: 'users', id: 'a', changes: { weight: 2 } })
    await until(() => waiting.length === 1, 'the request is there')
    waiting.shift()?.(new JournalError('/data', 'cannot be written'))
    assert.equal((await client.next('error')).code, 'ERR_JOURNAL')
  })

  it('is closed alone, to come back, when the daemon fails at a message', async t => {
    const { connect, store } = await serveSessions(t)
    const [client, other] = [await connect(), await connect()]
    await client.hello('one')
    await other.hello('two')
    const told: string[] = []
    t.after(observe('daemon', ({ event }) => told.push(event)))
    t.mock.method(
      store.leases,
      'renew',
      () => {
        throw new TypeError('a mistake')
      },
      { times: 1 },
    )
    client.say({ type: 'renew', seq: 1 })
    await until(() => client.closed !== undefined, 'it is closed')
    assert.deepEqual([client.closed?.code, told[0]], [1011, 'request.failed'])
    await other.register('a', { seq: 1 })
  })

  it('keeps all its instances by one heartbeat', async t => {
    const { connect, clock, store } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    for (const id of ['a', 'b']) await client.register(id, { ttlMs: 1_000 })
    for (let seq = 10; seq < 15; seq++) {
      await clock.advance(900)
      client.say({ type: 'renew', seq })
      await client.next('ok', message => message.seq === seq)
    }
    assert.deepEqual(
      store.rosters.set('users').instances.map(({ status }) => status),
      ['ready', 'ready'],
    )
  })

  it('is told when an instance is lost', async t => {
    const { connect, clock } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    await client.register('a', { ttlMs: 1_000 })
    await clock.advance(3_000)
    assert.deepEqual(await client.next('lost'), { type: 'lost', service: 'users', id: 'a', cause: 'lapsed' })
  })

  it('is told of a loss that comes before the answer to the registration after that too, or it would not know', async t => {
    const waiting: (() => void)[] = []
    const { connect, clock } = await serveSessions(t, { durability: { whenKept: callback => waiting.push(callback) } })
    const client = await connect()
    await client.hello('one')
    const registered = client.register('a', { seq: 1, ttlMs: 1_000 })
    await until(() => waiting.length === 1, 'the request is there')
    await clock.advance(3_000)
    const lost = { type: 'lost', service: 'users', id: 'a', cause: 'lapsed' }
    assert.deepEqual(await client.next('lost'), lost)
    waiting.shift()?.()
    await registered
    assert.deepEqual(await client.next('lost'), lost)
  })

  it('is not told of a loss of what it has revoked itself before its registration was answered', async t => {
    const waiting: (() => void)[] = []
    const { connect } = await serveSessions(t, { durability: { whenKept: callback => waiting.push(callback) } })
    const client = await connect()
    await client.hello('one')
    const instance = { id: 'a', endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 }
    client.say({ type: 'register', seq: 1, service: 'users', instance, ttlMs: 1_000 })
    client.say({ type: 'revoke', seq: 2, service: 'users', id: 'a' })
    await until(() => waiting.length === 2, 'both requests are there')
    for (const kept of waiting) kept()
    await client.next('ok', ({ seq }) => seq === 2)
    assert.deepEqual(
      client.heard.map(({ type }) => type),
      [],
    )
  })

  it('leaves its instances suspect when its connection is lost, and finds them again', async t => {
    const { connect, store } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    await client.register('a')
    client.webSocket.terminate()
    const status = () => store.rosters.set('users').instances[0]?.status
    await until(() => status() === 'suspect', 'the instance is suspect')
    const again = await connect()
    const { held } = await again.hello('one', users('a', 'b'))
    assert.deepEqual([held, status()], [users('a'), 'ready'])
  })

  it('takes leave: its instances are gone and its connection is closed', async t => {
    const { connect, store } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    await client.register('a')
    client.say({ type: 'bye' })
    assert.equal((await client.end()).code, 1000)
    assert.deepEqual(store.rosters.set('users').instances, [])
    assert.equal(store.rosters.history('users').at(-1)?.kind, 'revoked')
  })

  it('gives up, when it resumes, what the client no longer holds', async t => {
    const { connect, store } = await serveSessions(t)
    const client = await connect()
    await client.hello('one')
    for (const id of ['a', 'b']) await client.register(id)
    client.webSocket.terminate()
    const again = await connect()
    assert.deepEqual((await again.hello('one', users('b'))).held, users('b'))
    assert.deepEqual(
      store.rosters.set('users').instances.map(({ id }) => id),
      ['b'],
    )
  })

  it('moves to its newer connection without a change, and the older one is closed', async t => {
    const { connect, store, sessions } = await serveSessions(t)
    const older = await connect()
    await older.hello('one')
    await older.register('a')
    older.say({ type: 'watch', service: 'users' })
    await older.next('set')
    const { revision } = store.rosters
    const newer = await connect()
    await newer.hello('one', users('a'))
    assert.equal((await older.end()).code, 4000)
    await until(() => sessions.size === 1, 'the older connection is over')
    assert.equal(store.rosters.revision, revision)
    assert.deepEqual(store.rosters.watchers('users'), [])
    await newer.register('b')
  })

  it('that comes again has not acknowledged a drain by leaving its older connection', async t => {
    const { clock, connect, store } = await serveSessions(t, { quietMs: 1_000 })
    const [holder, older] = [await connect(), await connect()]
    await holder.hello('holder')
    await older.hello('consumer')
    await holder.register('a')
    older.say({ type: 'watch', service: 'users' })
    const { revision } = await older.next('set')
    holder.say({ type: 'drain', seq: 9, service: 'users', id: 'a', drainMs: 60_000 })
    await older.next('delta')
    const newer = await connect()
    const { epoch } = await newer.hello('consumer')
    newer.say({ type: 'watch', service: 'users', epoch, revision })
    const { to } = await newer.next('delta')
    assert.deepEqual(holder.heard, [])
    newer.say({ type: 'ack', service: 'users', revision: to })
    await until(() => store.rosters.watchers('users')[0]?.acknowledged === to, 'the newer one has acknowledged')
    await clock.advance(1_000)
    assert.equal((await holder.next('drained')).report.acknowledged, true)
  })

  it('is told of a drain when its watchers have acknowledged', async t => {
    const { connect } = await serveSessions(t)
    const [holder, consumer] = [await connect(), await connect()]
    await holder.hello('holder')
    await consumer.hello('consumer')
    await holder.register('a')
    consumer.say({ type: 'watch', service: 'users' })
    await consumer.next('set')
    holder.say({ type: 'drain', seq: 9, service: 'users', id: 'a', drainMs: 60_000 })
    const { changed, to } = await consumer.next('delta')
    assert.deepEqual(changed, [{ id: 'a', status: 'draining' }])
    consumer.say({ type: 'ack', service: 'users', revision: to })
    const { seq, report } = await holder.next('drained')
    assert.deepEqual([seq, report], [9, { acknowledged: true, watchers: 1, missing: [], tookMs: 0 }])
  })

  it('is told who did not acknowledge in time, such as a stopped process', async t => {
    const { connect, clock } = await serveSessions(t)
    const [holder, consumer] = [await connect(), await connect()]
    await holder.hello('holder')
    await consumer.hello('consumer')
    await holder.register('a')
    consumer.say({ type: 'watch', service: 'users' })
    await consumer.next('set')
    holder.say({ type: 'drain', seq: 9, service: 'users', id: 'a', drainMs: 500 })
    await consumer.next('delta')
    await clock.advance(500)
    assert.deepEqual((await holder.next('drained')).report.missing, ['consumer (process 1 on test)'])
  })

  it('is closed for what is not the protocol, with the reason', async t => {
    const { connect } = await serveSessions(t)
    const frames = ['not JSON', '{}', '[{"type":"watch","service":"users"}]', '[{"type":"nonsense"}]']
    for (const frame of frames) {
      const client = await connect()
      client.webSocket.send(frame)
      const { code, reason } = await client.end()
      assert.equal(code, 1002)
      assert.match(reason, /is not its protocol/)
    }
  })

  it('is closed for a second hello, for binary frames, and for a version nobody here speaks', async t => {
    const { connect } = await serveSessions(t)
    const twice = await connect()
    await twice.hello('one')
    twice.sayHello('one')
    assert.equal((await twice.end()).code, 1002)
    const binary = await connect()
    binary.webSocket.send(Buffer.from('[]'))
    assert.equal((await binary.end()).code, 1003)
    const newer = await connect()
    const client = { name: 'x', pid: 1, host: 'h' }
    newer.say({ type: 'hello', protocol: 99, session: '0123456789abcdef', client, held: [] })
    assert.equal((await newer.end()).code, 4002)
  })

  it('is cut off when its frame is longer than frames may be', async t => {
    const { connect } = await serveSessions(t)
    const client = await connect()
    client.webSocket.send(`[${' '.repeat(5 * 1024 * 1024)}]`)
    assert.equal((await client.end()).code, 1009)
  })
})
