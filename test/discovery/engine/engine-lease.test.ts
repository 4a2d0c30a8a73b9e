import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { LeaseLostError } from '../../../src/discovery/errors.ts'
import type { Registry } from '../../../src/discovery/registry.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { users } from '../store/instances.ts'
import { engineFixture, type EngineFixtureOptions } from './engine-fixture.ts'

function reader(registry: Registry): WatchFollower {
  return new WatchFollower(registry, 'users')
}

/** An engine in which `a` is held for 3 s. */
async function withLease({ ttlMs = 3_000, ...options }: EngineFixtureOptions & { ttlMs?: number } = {}) {
  const fixture = engineFixture(options)
  const lease = fixture.registry.register(users('a'), { ttlMs })
  await fixture.advance(0)
  return { ...fixture, lease: await lease }
}

describe('EngineLease', () => {
  it('is lost when it was not renewed in time, though the engine cannot be reached', async () => {
    const { advance, engine, lease } = await withLease()
    engine.cut({ down: true })
    await advance(2_999)
    assert.equal(lease.lost.aborted, false)
    await advance(1_002)
    assert.ok(lease.lost.reason instanceof LeaseLostError)
    await assert.rejects(lease.renew(), LeaseLostError)
  })

  it('counts its TTL from the begin of the renewal, not from its answer', async () => {
    const { advance, clock, engine, lease, server } = await withLease()
    await advance(2_000)
    const { link } = engine
    engine.link = async (effect, signal) => {
      const result = await link(effect, signal)
      await new Promise<void>(resolve => clock.schedule(900, resolve))
      return result
    }
    const renewed = lease.renew()
    await advance(900)
    await renewed
    engine.link = link
    await advance(2_099)
    assert.equal(lease.lost.aborted, false)
    await advance(1)
    assert.equal(lease.lost.aborted, true)
    assert.equal(server.record(users('a')), undefined)
  })

  it('ends what is under way when it is lost', async () => {
    const { advance, engine, lease } = await withLease()
    engine.cut({ down: true })
    await advance(1_000)
    const renewal = assert.rejects(lease.renew(), LeaseLostError)
    await advance(2_000)
    await renewal
  })

  it('takes another TTL from whoever registers again, a shorter one too', async () => {
    const { advance, registry, lease } = await withLease()
    const again = registry.register(users('a'), { ttlMs: 60_000 })
    await advance(10_000)
    assert.equal(await again, lease)
    assert.deepEqual([lease.ttlMs, lease.lost.aborted], [60_000, false])
    const shorter = registry.register(users('a'), { ttlMs: 1_000 })
    await advance(0)
    await shorter
    await advance(1_000)
    assert.equal(lease.lost.aborted, true)
  })

  it('is lost at once where its service is watched, and else with its next renewal, when somebody deletes it', async () => {
    const { advance, registry, lease, server } = await withLease()
    server.remove(users('a'))
    await advance(0)
    assert.equal(lease.lost.aborted, false)
    await assert.rejects(lease.renew(), LeaseLostError)
    assert.equal(lease.lost.aborted, true)
    const next = await registry.register(users('a'), { ttlMs: 3_000 })
    reader(registry)
    await advance(0)
    server.remove(users('a'))
    await advance(0)
    assert.equal(next.lost.aborted, true)
  })

  it('is lost as soon as anything shows that the engine has lost its data', async () => {
    const { advance, engines, registry, server, lease } = await withLease()
    void registry.services()[Symbol.asyncIterator]().next()
    await advance(0)
    server.wipe()
    for (const engine of engines) engine.cut()
    await advance(500)
    assert.equal(lease.lost.aborted, true)
  })

  it('leaves no timer behind that keeps the process alive, though a renewal is answered after its revocation was asked for', async () => {
    const { advance, clock, registry, lease } = await withLease()
    const renewed = lease.renew()
    await nextTurn()
    const revoked = lease.revoke()
    await advance(100)
    await renewed
    await revoked
    assert.equal(clock.pending, 0)
    await registry.close()
  })

  it('leaves an instance alone that another process has taken since', async () => {
    const { advance, engine, lease, open, server } = await withLease()
    engine.cut({ down: true })
    await advance(4_001)
    const other = await open('other').registry.register(users('a', { weight: 2 }), { ttlMs: 60_000 })
    engine.connect()
    await lease.revoke()
    await advance(1_000)
    assert.equal(server.record(users('a'))?.instance.weight, 2)
    assert.equal(other.lost.aborted, false)
  })

  it('keeps its Instance when a change is given up, and has the next one', async () => {
    const { advance, engine, lease, server } = await withLease()
    const { link } = engine
    engine.link = async () => new Promise(() => {})
    const giveUp = new AbortController()
    const change = assert.rejects(lease.update({ weight: 2 }, giveUp), /enough/)
    await advance(0)
    giveUp.abort(new Error('enough'))
    await change
    assert.equal(lease.instance.weight, 1)
    engine.link = link
    await lease.update({ version: '2' })
    assert.deepEqual(server.record(users('a'))?.instance, users('a', { version: '2' }))
  })

  it('waits for an engine that cannot be reached, to the limit, and says why then', async () => {
    const { advance, engine, lease } = await withLease({ requestMs: 2_000, ttlMs: 60_000 })
    engine.cut({ down: true })
    const change = lease.update({ weight: 2 })
    await advance(500)
    engine.connect()
    await advance(1_500)
    await change
    engine.cut({ down: true })
    const late = assert.rejects(lease.update({ weight: 3 }), { code: 'ERR_REGISTRY_UNAVAILABLE' })
    await advance(2_000)
    await late
  })

  it('names those who did not acknowledge in time', async () => {
    const { advance, lease, open } = await withLease()
    const slow = reader(open('slow program').registry)
    await advance(0)
    slow.hold()
    const drained = lease.drain({ drainMs: 1_000 })
    await advance(1_000)
    const { acknowledged, watchers, missing } = await drained
    assert.deepEqual([acknowledged, watchers, missing], [false, 1, ['slow program']])
  })

  it('waits no longer for a reader whose note has lapsed', async () => {
    const { advance, lease, open } = await withLease()
    const { engine, registry } = open('dead program')
    const dead = reader(registry)
    await advance(0)
    dead.hold()
    const drained = lease.drain({ drainMs: 2_000 })
    await advance(100)
    engine.cut({ down: true })
    engine.expire()
    await advance(0)
    assert.deepEqual({ ...(await drained), tookMs: 0 }, { acknowledged: true, watchers: 1, missing: [], tookMs: 0 })
  })

  it('is not taken for acknowledged by what a reader knew of data that the engine has lost', async () => {
    const { advance, engines, open, registry, server } = await withLease()
    const slow = reader(open('slow program').registry)
    for (let weight = 0; weight < 20; weight++) await registry.register(users('b', { weight }), { ttlMs: 60_000 })
    await advance(0)
    server.wipe()
    for (const engine of engines) engine.cut()
    await advance(500)
    const lease = await registry.register(users('c'), { ttlMs: 60_000 })
    await advance(0)
    slow.hold()
    const drained = lease.drain({ drainMs: 500 })
    await advance(500)
    assert.equal((await drained).acknowledged, false)
  })

  it('waits for a reader through the loss of the engine, and for its word after it', async () => {
    const { advance, engines, lease, open } = await withLease({ settleMs: 1 })
    const slow = reader(open('slow program').registry)
    await advance(0)
    const release = slow.hold()
    const drained = lease.drain({ drainMs: 2_500 })
    await advance(100)
    for (const engine of engines) engine.cut()
    await advance(500)
    release()
    await advance(500)
    assert.equal((await drained).acknowledged, true)
  })

  it('waits for the quiet period where an engine takes no notes, and beyond the notes where that is asked for', async () => {
    for (const options of [{ notes: false, quietMs: 700 }, { quietMs: 700 }]) {
      const { advance, lease } = await withLease(options)
      const drained = lease.drain({ drainMs: 5_000 })
      await advance(2_000)
      const { acknowledged, tookMs } = await drained
      assert.equal(acknowledged, true)
      assert.ok(tookMs >= 700 && tookMs < 1_000, `took ${tookMs} ms`)
    }
  })

  it('gives its reader a chance to acknowledge what came while it was busy, for another drain', async () => {
    const { advance, registry, lease, open } = await withLease()
    const other = await registry.register(users('b'), { ttlMs: 60_000 })
    const slow = reader(open('slow program').registry)
    await advance(0)
    const release = slow.hold()
    const drains = [lease.drain({ drainMs: 2_000 }), other.drain({ drainMs: 2_000 })]
    await advance(100)
    release()
    await advance(100)
    assert.deepEqual(
      (await Promise.all(drains)).map(({ acknowledged }) => acknowledged),
      [true, true],
    )
  })
})
