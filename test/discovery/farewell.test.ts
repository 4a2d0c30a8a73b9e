import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LeaseLostError, RegistryUnavailableError } from '../../src/discovery/errors.ts'
import { consume, startRegistrant } from './started-registrant.ts'

describe('sayFarewell', () => {
  it('drains, waits for the consumers, and deregisters', async t => {
    const { registrant, registry, store, listed, heard, clock } = await startRegistrant(t)
    const seen = consume(t, registry)
    await clock.settle()
    await registrant.stop()
    await clock.settle()
    assert.deepEqual(listed(), [])
    assert.deepEqual(
      seen.map(({ instances }) => instances.map(({ status }) => status).join()),
      ['ready', 'draining', ''],
    )
    const { acknowledged, watchers, missing } = registrant.lastDrain!
    assert.deepEqual([acknowledged, watchers, missing], [true, 1, []])
    assert.equal(heard.find(({ event }) => event === 'instance.drained')?.['report'], registrant.lastDrain)
    store.close()
    assert.deepEqual([registrant.instance, clock.pending], [undefined, 0])
  })

  it('goes on when a consumer does not acknowledge in time', async t => {
    const { registrant, registry, listed, clock } = await startRegistrant(t, { drainMs: 1000 })
    const watch = registry.watch('users')[Symbol.asyncIterator]()
    await watch.next()
    const stopped = registrant.stop()
    await clock.advance(1000)
    await stopped
    assert.deepEqual(
      [registrant.lastDrain?.acknowledged, registrant.lastDrain?.missing.length, listed()],
      [false, 1, []],
    )
    await watch.return?.()
  })

  it('has the time to tell who did not acknowledge, and to deregister, within the default limits of a stop', async t => {
    const { registrant, registry, listed, events, clock } = await startRegistrant(t)
    const watch = registry.watch('users')[Symbol.asyncIterator]()
    await watch.next()
    const stopped = registrant.stop()
    await clock.advance(10_000)
    await stopped
    assert.deepEqual([registrant.lastDrain?.missing.length, listed()], [1, []])
    assert.deepEqual(events().slice(-2), ['instance.drained', 'instance.deregistered'])
    await watch.return?.()
  })

  it('goes on, within its limits, when the registry is out of reach', async t => {
    const { registrant, registry, events } = await startRegistrant(t)
    registry.error = new RegistryUnavailableError('ropewalk://127.0.0.1:1')
    await registrant.stop()
    assert.equal(registrant.lastDrain?.acknowledged, false)
    assert.deepEqual(events().slice(-2), ['instance.drain-failed', 'instance.abandoned'])
  })

  it('goes on, within its limits, when the registry hangs', async t => {
    const { registrant, registry, events, clock } = await startRegistrant(t, { drainMs: 1000 })
    registry.hold('drain')
    registry.hold('revoke')
    const stopped = registrant.stop({ deadlineMs: 60_000 })
    await clock.advance(4000)
    await stopped
    assert.deepEqual(events().slice(-2), ['instance.drain-failed', 'instance.abandoned'])
  })

  it('gives consumers a second when its lease is lost to it before they have acknowledged', async t => {
    const { registrant, registry, events, clock } = await startRegistrant(t)
    // As when the front that held it is replaced by another one.
    registry.error = new LeaseLostError('users', registrant.id)
    let isStopped = false
    const stopped = registrant.stop().then(() => (isStopped = true))
    await clock.advance(900)
    assert.equal(isStopped, false)
    await clock.advance(100)
    await stopped
    assert.equal(registrant.lastDrain?.acknowledged, false)
    assert.ok(events().includes('instance.drain-failed'))
  })

  it('is over at once at the deadline', async t => {
    const { registrant, registry, clock } = await startRegistrant(t)
    registry.hold('drain')
    registry.hold('revoke')
    const stopped = registrant.stop({ deadlineMs: 500 })
    await clock.advance(500)
    await stopped
  })
})
