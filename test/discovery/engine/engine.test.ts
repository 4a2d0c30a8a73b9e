import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EngineNote, EngineSet } from '../../../src/discovery/engine/engine.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from '../store/instances.ts'
import { FakeEngine } from './fake-engine.ts'
import { FakeEngineServer } from './fake-engine-server.ts'

const { signal } = new AbortController()

function engines() {
  const clock = new FakeClock()
  const server = new FakeEngineServer(clock)
  return { clock, server, one: new FakeEngine(server, { clock }), other: new FakeEngine(server, { clock }) }
}

async function next<T>(values: AsyncIterator<T>): Promise<T> {
  return (await values.next()).value as T
}

describe('An Engine, as the fake of it shows', () => {
  it('shows what is written at the revision that the write resolved with', async () => {
    const { one, other } = engines()
    const sets = other.follow('users', { signal })[Symbol.asyncIterator]()
    assert.deepEqual(await next<EngineSet>(sets), { epoch: 'epoch-1', revision: 0, known: false, instances: [] })
    const claim = one.claim(users('a'))
    const revision = await claim.take(users('a'), { ttlMs: 1_000, signal })
    assert.deepEqual(await next(sets), { epoch: 'epoch-1', revision, known: true, instances: [users('a')] })
    assert.deepEqual((await next(other.followNames({ signal })[Symbol.asyncIterator]())).names, ['users'])
  })

  it('refuses what another holds, and takes over what an earlier claim of its own left', async () => {
    const { one, other } = engines()
    const first = one.claim(users('a'))
    await first.take(users('a'), { ttlMs: 1_000, signal })
    await assert.rejects(other.claim(users('a')).take(users('a'), { ttlMs: 1_000, signal }), {
      code: 'ERR_INSTANCE_CONFLICT',
    })
    const second = one.claim(users('a'))
    await second.take(users('a'), { ttlMs: 1_000, signal })
    await first.revoke({ signal })
    await assert.rejects(first.renew({ signal }), { code: 'ERR_LEASE_LOST' })
    await second.renew({ signal })
  })

  it('has a record lapse that nobody renews', async () => {
    const { clock, server, one } = engines()
    const claim = one.claim(users('a'))
    await claim.take(users('a'), { ttlMs: 1_000, signal })
    await clock.advance(1_001)
    server.lapse()
    await assert.rejects(claim.write(users('a'), { signal }), { code: 'ERR_LEASE_LOST' })
  })

  it('throws from what is followed when its connection is cut', async () => {
    const { one } = engines()
    const sets = one.follow('users', { signal })[Symbol.asyncIterator]()
    await next(sets)
    one.cut()
    await assert.rejects(sets.next(), { code: 'ERR_REGISTRY_UNAVAILABLE' })
  })

  it('drops the notes of a process that is gone', async () => {
    const { one, other } = engines()
    const notes = one.notes!.follow('users', { signal })[Symbol.asyncIterator]()
    assert.deepEqual(await next<readonly EngineNote[]>(notes), [])
    const note: EngineNote = { reader: 'r', name: 'reader', revision: 0 }
    await other.notes!.put('users', note, { signal })
    assert.deepEqual(await next(notes), [note])
    other.expire()
    assert.deepEqual(await next(notes), [])
  })
})
