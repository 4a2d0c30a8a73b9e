import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { encodeText } from '../../../src/adapters/etcd/base64.ts'
import { EtcdClient } from '../../../src/adapters/etcd/client.ts'
import { EtcdEngine } from '../../../src/adapters/etcd/engine.ts'
import type { TxnAnswer, TxnRequest } from '../../../src/adapters/etcd/messages.ts'
import { abortable, type Abortable } from '../../../src/core/abort.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { EngineCall, EngineNote, EngineSet } from '../../../src/discovery/engine/engine.ts'
import { users } from '../../discovery/store/instances.ts'
import { missingEngine, startEtcd } from '../../engines/engines.ts'

const skip = missingEngine('etcd')
const etcd = skip ? undefined : await startEtcd()
after(() => etcd?.stop())

const { signal } = new AbortController()
const TTL = { ttlMs: 60_000, signal }
let prefixes = 0

/** Engines over one etcd, each as of a process of its own, under a prefix that nobody else has used. */
function engines(stack: AsyncDisposableStack) {
  const prefix = `/test-${++prefixes}`
  const open = () => {
    const client = new LateClient({ origins: [`http://127.0.0.1:${etcd?.ports.client}`] })
    const engine = new EtcdEngine({ client, prefix, notes: true, clock: systemClock })
    stack.defer(() => engine.close({ signal }))
    return { client, engine }
  }
  return { prefix, one: open(), other: open() }
}

async function next<T>(values: AsyncIterator<T>): Promise<T> {
  return (await values.next()).value as T
}

/** Reads on until a value is as it should be. */
async function nextThat<T>(values: AsyncIterator<T>, accept: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await next(values)
    if (accept(value)) return value
  }
}

/** Gives up a call with its last transaction under way; by the returned function that gets to etcd after all. */
async function givenUp(
  client: LateClient,
  call: (options: EngineCall) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const controller = new AbortController()
  const held = client.holdWrite()
  const given = assert.rejects(call({ signal: controller.signal }), { message: 'given up' })
  const release = await held
  controller.abort(new Error('given up'))
  await given
  return release
}

/** An EtcdClient whose next transaction that writes the key of an instance, where there is one, can be late. */
class LateClient extends EtcdClient {
  #hold: ((release: () => Promise<void>) => void) | undefined

  /** Resolves when there is such a transaction, with the function that sends it. */
  holdWrite(): Promise<() => Promise<void>> {
    const { promise, resolve } = Promise.withResolvers<() => Promise<void>>()
    this.#hold = resolve
    return promise
  }

  override async txn(request: TxnRequest, options?: Abortable): Promise<TxnAnswer> {
    const hold = this.#hold
    const isChange = request.compare?.some(({ target }) => target !== 'CREATE')
    if (!hold || !isChange) return super.txn(request, options)
    this.#hold = undefined
    hold(async () => void (await super.txn(request)))
    return abortable(new Promise<never>(() => {}), options?.signal)
  }
}

const ids = (set: EngineSet) => set.instances.map(({ id }) => id).join()

describe('EtcdEngine', { skip }, () => {
  it('shows what is written at the revision that the write resolved with, to all alike', async () => {
    await using stack = new AsyncDisposableStack()
    const { one, other } = engines(stack)
    const sets = [one, other].map(({ engine }) => engine.follow('users', { signal })[Symbol.asyncIterator]())
    for (const set of sets) {
      const { known, instances } = await next(set)
      assert.deepEqual([known, instances], [false, []])
    }
    const claim = one.engine.claim(users('a'))
    const taken = await claim.take(users('a'), TTL)
    const written = await claim.write(users('a', { weight: 7 }), { signal })
    assert.ok(written > taken)
    const seen = await Promise.all(sets.map(set => nextThat(set, ({ revision }) => revision === written)))
    assert.deepEqual(seen[0], seen[1])
    assert.deepEqual([seen[0]?.known, seen[0]?.instances], [true, [users('a', { weight: 7 })]])
  })

  it('shows the same object for what has not changed', async () => {
    await using stack = new AsyncDisposableStack()
    const { one } = engines(stack)
    await one.engine.claim(users('a')).take(users('a'), TTL)
    const sets = one.engine.follow('users', { signal })[Symbol.asyncIterator]()
    const first = await next(sets)
    await one.engine.claim(users('b')).take(users('b'), TTL)
    const second = await nextThat(sets, set => ids(set) === 'a,b')
    assert.equal(first.instances[0], second.instances[0])
  })

  it('refuses what another process holds, and takes over what an earlier claim of its own left', async () => {
    await using stack = new AsyncDisposableStack()
    const { one, other } = engines(stack)
    const first = one.engine.claim(users('a'))
    await first.take(users('a'), TTL)
    await assert.rejects(other.engine.claim(users('a')).take(users('a'), TTL), { code: 'ERR_INSTANCE_CONFLICT' })
    const second = one.engine.claim(users('a'))
    await second.take(users('a'), TTL)
    await first.revoke({ signal })
    await assert.rejects(first.renew({ signal }), { code: 'ERR_LEASE_LOST' })
    await second.renew({ signal })
  })

  it('takes over what another process holds on behalf of the same holder, so that nobody sees it go', async () => {
    await using stack = new AsyncDisposableStack()
    const { one, other } = engines(stack)
    const sets = other.engine.follow('users', { signal })[Symbol.asyncIterator]()
    await next(sets)
    const [former, latter] = [one, other].map(({ engine }) => engine.claim(users('a')))
    await former?.take(users('a'), { ...TTL, holder: 'somebody' })
    const stranger = other.engine.claim(users('a')).take(users('a'), { ...TTL, holder: 'else' })
    await assert.rejects(stranger, { code: 'ERR_INSTANCE_CONFLICT' })
    const revision = await latter?.take(users('a', { weight: 2 }), { ...TTL, holder: 'somebody' })
    await assert.rejects(former?.renew({ signal }) ?? Promise.resolve(), { code: 'ERR_LEASE_LOST' })
    await former?.revoke({ signal })
    await latter?.renew({ signal })
    for (let set = await next(sets); set.revision < (revision ?? 0); set = await next(sets)) assert.equal(ids(set), 'a')
  })

  it('takes again what it has, for another TTL', async () => {
    await using stack = new AsyncDisposableStack()
    const { one } = engines(stack)
    const claim = one.engine.claim(users('a'))
    await claim.take(users('a'), TTL)
    await claim.take(users('a', { weight: 2 }), { ttlMs: 5_000, signal })
    await claim.renew({ signal })
    const set = await next(one.engine.follow('users', { signal })[Symbol.asyncIterator]())
    assert.deepEqual(set.instances, [users('a', { weight: 2 })])
  })

  it('finds out that somebody has deleted its record, or put another there', async () => {
    await using stack = new AsyncDisposableStack()
    const { prefix, one, other } = engines(stack)
    const [deleted, replaced] = [one.engine.claim(users('a')), one.engine.claim(users('b'))]
    await deleted.take(users('a'), TTL)
    await replaced.take(users('b'), TTL)
    const key = (id: string) => encodeText(`${prefix}/instances/users/${id}`)
    await other.client.txn({
      success: [
        { request_delete_range: { key: key('a') } },
        { request_put: { key: key('b'), value: encodeText('{}') } },
      ],
    })
    const lost = { code: 'ERR_LEASE_LOST' }
    for (const claim of [deleted, replaced]) {
      await assert.rejects(claim.renew({ signal }), lost)
      await assert.rejects(claim.write(users('a'), { signal }), lost)
      await claim.revoke({ signal })
    }
  })

  it('has no change come about late that was given up before another was made', async () => {
    await using stack = new AsyncDisposableStack()
    const { one } = engines(stack)
    const claim = one.engine.claim(users('a'))
    await claim.take(users('a'), TTL)
    const comeAbout = await givenUp(one.client, call => claim.write(users('a', { weight: 1_000 }), call))
    await claim.write(users('a', { weight: 2 }), { signal })
    await comeAbout()
    const sets = one.engine.follow('users', { signal })[Symbol.asyncIterator]()
    assert.equal((await next(sets)).instances[0]?.weight, 2)
  })

  it('goes on from a change that was given up and has come about all the same', async () => {
    await using stack = new AsyncDisposableStack()
    const { one } = engines(stack)
    const claim = one.engine.claim(users('a'))
    await claim.take(users('a'), TTL)
    const comeAbout = await givenUp(one.client, call => claim.write(users('a', { weight: 1_000 }), call))
    await comeAbout()
    await claim.write(users('a', { weight: 2 }), { signal })
    const sets = one.engine.follow('users', { signal })[Symbol.asyncIterator]()
    assert.equal((await next(sets)).instances[0]?.weight, 2)
  })

  it('has no registration come about late that was given up before a change', async () => {
    await using stack = new AsyncDisposableStack()
    const { one } = engines(stack)
    const claim = one.engine.claim(users('a'))
    await claim.take(users('a'), TTL)
    const comeAbout = await givenUp(one.client, call => claim.take(users('a', { weight: 1_000 }), { ...TTL, ...call }))
    await claim.write(users('a', { weight: 2 }), { signal })
    await comeAbout()
    await claim.renew({ signal })
    const sets = one.engine.follow('users', { signal })[Symbol.asyncIterator]()
    assert.equal((await next(sets)).instances[0]?.weight, 2)
  })

  it('removes nothing but its own, and does not mind when that is gone', async () => {
    await using stack = new AsyncDisposableStack()
    const { one, other } = engines(stack)
    const claim = one.engine.claim(users('a'))
    await claim.revoke({ signal })
    await claim.take(users('a'), TTL)
    await claim.revoke({ signal })
    await claim.revoke({ signal })
    await other.engine.claim(users('a')).take(users('a'), TTL)
    await claim.revoke({ signal })
    assert.equal(ids(await next(one.engine.follow('users', { signal })[Symbol.asyncIterator]())), 'a')
  })

  it('leaves out what is no instance', async () => {
    await using stack = new AsyncDisposableStack()
    const { prefix, one } = engines(stack)
    const put = (key: string, value: string) => ({
      request_put: { key: encodeText(`${prefix}/instances/users/${key}`), value: encodeText(value) },
    })
    await one.client.txn({ success: [put('a', 'nonsense'), put('b', '{"endpoints":[]}'), put('%', '{}')] })
    await one.engine.claim(users('c')).take(users('c'), TTL)
    assert.equal(ids(await next(one.engine.follow('users', { signal })[Symbol.asyncIterator]())), 'c')
  })

  it('names the services, those without instances too', async () => {
    await using stack = new AsyncDisposableStack()
    const { one, other } = engines(stack)
    const names = other.engine.followNames({ signal })[Symbol.asyncIterator]()
    assert.deepEqual((await next(names)).names, [])
    const claim = one.engine.claim(users('a'))
    await claim.take(users('a'), TTL)
    await claim.revoke({ signal })
    assert.deepEqual((await nextThat(names, value => value.names.length > 0)).names, ['users'])
    const later = await next(one.engine.followNames({ signal })[Symbol.asyncIterator]())
    assert.ok(later.names.includes('users'))
  })

  it('reads more instances than fit a page, all of one moment', async () => {
    await using stack = new AsyncDisposableStack()
    const { one } = engines(stack)
    const all = Array.from({ length: 1_100 }, (_, at) => `i${String(at).padStart(4, '0')}`)
    for (let at = 0; at < all.length; at += 100) {
      await Promise.all(all.slice(at, at + 100).map(id => one.engine.claim(users(id)).take(users(id), TTL)))
    }
    assert.equal(ids(await next(one.engine.follow('users', { signal })[Symbol.asyncIterator]())), all.join())
  })

  it('keeps notes until they are removed, or the process that left them closes', async () => {
    await using stack = new AsyncDisposableStack()
    const { one, other } = engines(stack)
    const notes = one.engine.notes!.follow('users', { signal })[Symbol.asyncIterator]()
    assert.deepEqual(await next(notes), [])
    const note: EngineNote = { reader: 'r1', name: 'reader one', revision: 3 }
    await other.engine.notes!.put('users', note, { signal })
    assert.deepEqual(await nextThat(notes, value => value.length > 0), [note])
    await other.engine.notes!.put('users', { ...note, revision: 4 }, { signal })
    await nextThat(notes, ([only]) => only?.revision === 4)
    await other.engine.notes!.remove('users', 'r1', { signal })
    await other.engine.notes!.remove('users', 'r1', { signal })
    await nextThat(notes, value => value.length === 0)
    await other.engine.notes!.put('users', { ...note, reader: 'r2' }, { signal })
    await nextThat(notes, value => value.length === 1)
    await other.engine.close({ signal })
    await nextThat(notes, value => value.length === 0)
  })

  it('takes everything with it when it is closed, however much there is', async () => {
    await using stack = new AsyncDisposableStack()
    const { one, other } = engines(stack)
    const all = Array.from({ length: 150 }, (_, at) => `i${at}`)
    await Promise.all(all.map(id => one.engine.claim(users(id)).take(users(id), TTL)))
    await other.engine.claim(users('other')).take(users('other'), TTL)
    await one.engine.close({ signal })
    assert.equal(ids(await next(other.engine.follow('users', { signal })[Symbol.asyncIterator]())), 'other')
  })
})
