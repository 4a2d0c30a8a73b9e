import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidInstanceError, RegistryUnavailableError } from '../../src/discovery/errors.ts'
import { functionCheck } from '../../src/discovery/health-checks/function-check.ts'
import { MemoryRegistry } from '../../src/discovery/memory-registry.ts'
import { Registrant } from '../../src/discovery/registrant.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { instance } from './scripted-registry.ts'
import { remove, startRegistrant } from './started-registrant.ts'

describe('Registrant', () => {
  it('can be started again, with the same id', async t => {
    const { registrant, listed, clock } = await startRegistrant(t)
    const { id } = registrant
    await registrant.stop()
    await registrant.start()
    await clock.settle()
    assert.deepEqual(
      listed().map(one => one.id),
      [id],
    )
  })

  it('registers what it covers once that is ready, with what was said of it', async t => {
    const { registrant, listed, events, clock } = await startRegistrant(t, {
      zone: 'eu',
      weight: 7,
      tags: ['a'],
      metadata: { k: 'v' },
      version: '2',
    })
    const [registered] = listed()
    assert.deepEqual(registered, {
      serviceName: 'users',
      id: registrant.id,
      endpoints: ['tcp://127.0.0.1:80'],
      weight: 7,
      zone: 'eu',
      version: '2',
      tags: ['a'],
      metadata: { k: 'v' },
      startedAt: clock.wallTime(),
      status: 'ready',
    })
    assert.deepEqual([registrant.instance, events()], [registered, ['instance.registered']])
  })

  it('waits for what it covers, in the background', async t => {
    const { covers, registrant, listed, clock } = await startRegistrant(t, {
      covers: { endpoints: ['tcp://127.0.0.1:80'], status: 'starting' },
    })
    assert.deepEqual([registrant.status, listed().length, covers.status], ['ready', 0, 'ready'])
    await clock.advance(60_000)
    assert.equal(listed().length, 0)
  })

  it('registers the endpoints of all it covers, wildcards replaced by the advertised host', async t => {
    const covers = [
      { endpoints: ['tcp://0.0.0.0:80'], status: 'ready' },
      { endpoints: ['unix:/run/x.sock'], status: 'degraded' },
    ] as const
    const { listed } = await startRegistrant(t, { covers, advertise: 'users.example' })
    assert.deepEqual(listed()[0]?.endpoints, ['tcp://users.example:80', 'unix:/run/x.sock'])
  })

  it('fails to start with an instance out of its limits', async t => {
    await assert.rejects(startRegistrant(t, { weight: -1 }), (error: Error) => {
      for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
        if (cause instanceof InvalidInstanceError) return true
      }
      return false
    })
  })

  it('renews at a third of the TTL, a little earlier by chance, and so never lapses', async t => {
    const { registry, listed, clock } = await startRegistrant(t, { ttlMs: 9000 })
    await clock.advance(90_000)
    const renewals = registry.log.filter(entry => entry === '+renew').length
    assert.ok(renewals >= 30 && renewals <= 38, `${renewals} renewals`)
    assert.equal(listed().length, 1)
    assert.equal(registry.log.filter(entry => entry === '+register').length, 1)
  })

  it('waits for an absent registry, says so once loudly, and registers when it appears', async t => {
    const { registry, registrant, listed, heard, clock } = await startRegistrant(t, {
      covers: { endpoints: [], status: 'idle' },
    })
    await registrant.stop()
    registry.error = new RegistryUnavailableError('ropewalk://127.0.0.1:1')
    const other = new Registrant({
      registry,
      serviceName: 'users',
      covers: { endpoints: ['tcp://127.0.0.1:80'], status: 'ready' },
      clock,
    })
    t.after(() => other.stop())
    await other.start()
    await clock.advance(60_000)
    assert.deepEqual([other.status, listed().length], ['degraded', 0])
    assert.deepEqual(
      heard
        .filter(({ event }) => event === 'instance.failed')
        .map(({ level }) => level)
        .slice(0, 3),
      ['warn', 'debug', 'debug'],
    )
    registry.error = undefined
    await clock.advance(10_000)
    assert.deepEqual([other.status, listed().length], ['ready', 1])
  })

  it('registers again what somebody deleted', async t => {
    const { store, registrant, listed, events, clock } = await startRegistrant(t)
    remove(store, registrant.id)
    assert.equal(listed().length, 0)
    await clock.advance(100)
    assert.deepEqual(
      listed().map(({ id }) => id),
      [registrant.id],
    )
    assert.deepEqual(events(), ['instance.registered', 'instance.lost', 'instance.registered'])
  })

  it('registers again after its process was paused for longer than the TTL', async t => {
    const { registry, registrant, listed, clock } = await startRegistrant(t, { ttlMs: 3000 })
    registry.error = new Error('paused')
    await clock.advance(20_000)
    assert.equal(listed().length, 0)
    registry.error = undefined
    await clock.advance(20_000)
    assert.deepEqual(
      listed().map(({ id }) => id),
      [registrant.id],
    )
    assert.equal(registrant.status, 'ready')
  })

  it('reports another process with its id, is degraded, and takes over when that one is gone', async t => {
    const clock = new FakeClock()
    const store = new Store({ clock })
    const other = await new MemoryRegistry({ store }).register(instance('users-1'), { ttlMs: 60_000 })
    const { registrant, heard } = await startRegistrant(t, {
      registry: new MemoryRegistry({ store }),
      id: 'users-1',
      clock,
    })
    assert.deepEqual([registrant.status, registrant.instance], ['degraded', undefined])
    assert.ok(heard.some(({ event }) => event === 'instance.conflict'))
    assert.equal(store.rosters.set('users').instances[0]?.startedAt, 0)
    await other.revoke()
    await clock.advance(10_000)
    assert.deepEqual([registrant.status, registrant.instance?.id], ['ready', 'users-1'])
  })

  it('follows endpoints that change', async t => {
    const { covers, listed, registry, clock } = await startRegistrant(t)
    covers.endpoints = ['tcp://127.0.0.1:81']
    await clock.advance(200)
    assert.deepEqual(listed()[0]?.endpoints, ['tcp://127.0.0.1:81'])
    assert.equal(registry.log.filter(entry => entry === '+register').length, 1)
  })
})

describe('Registrant.update', () => {
  it('changes the instance in place and resolves when the registry has it', async t => {
    const { registrant, listed, registry } = await startRegistrant(t)
    await registrant.update({ weight: 5 })
    await registrant.update({ metadata: { canary: 'yes' } })
    assert.deepEqual([listed()[0]?.weight, listed()[0]?.metadata], [5, { canary: 'yes' }])
    assert.equal(registry.log.filter(entry => entry === '+register').length, 1)
  })

  it('resolves when nothing changes', async t => {
    const { registrant } = await startRegistrant(t, { weight: 3 })
    await registrant.update({ weight: 3 })
  })

  it('rejects what is out of its limits and changes nothing', async t => {
    const { registrant, listed, clock } = await startRegistrant(t)
    await assert.rejects(registrant.update({ weight: 70_000 }), InvalidInstanceError)
    await clock.advance(1000)
    assert.equal(listed()[0]?.weight, 1)
  })

  it('is remembered while the registry is away, and through a loss', async t => {
    const { registrant, registry, listed, store, clock } = await startRegistrant(t)
    registry.error = new Error('away')
    const updated = registrant.update({ weight: 9 })
    await clock.advance(1000)
    remove(store, registrant.id)
    registry.error = undefined
    await clock.advance(30_000)
    await updated
    assert.equal(listed()[0]?.weight, 9)
  })

  it('can be waited for no longer than a signal says', async t => {
    const { registrant, registry } = await startRegistrant(t)
    registry.error = new Error('away')
    const controller = new AbortController()
    const updated = assert.rejects(registrant.update({ weight: 9 }, controller), new Error('enough'))
    controller.abort(new Error('enough'))
    await updated
  })
})

describe('Registrant on bad health', () => {
  it('withdraws at once when what it covers fails, and registers again when that is up', async t => {
    const { covers, listed, events, registry, clock } = await startRegistrant(t)
    covers.status = 'failed'
    await clock.advance(200)
    assert.deepEqual([listed(), registry.log.includes('+drain')], [[], false])
    covers.status = 'ready'
    await clock.advance(200)
    assert.equal(listed().length, 1)
    assert.deepEqual(events(), ['instance.registered', 'instance.withdrawn', 'instance.registered'])
  })

  it('waits for checks to pass, withdraws when they fail and registers again when they pass', async t => {
    let well = false
    const { listed, registrant, clock } = await startRegistrant(t, {
      checks: [functionCheck('disk', () => well)],
      health: { intervalMs: 1000, rise: 2, fall: 2 },
    })
    await clock.advance(5000)
    assert.deepEqual([listed().length, registrant.health[0]?.healthy], [0, false])
    well = true
    const repairedAt = clock.wallTime()
    await clock.advance(3500)
    assert.deepEqual([listed().length, registrant.health[0]?.healthy], [1, true])
    const startedAt = listed()[0]?.startedAt ?? 0
    assert.ok(startedAt > repairedAt, 'it started when it could work for the first time')
    well = false
    await clock.advance(3500)
    assert.equal(listed().length, 0)
    well = true
    await clock.advance(3500)
    assert.equal(listed()[0]?.startedAt, startedAt)
  })

  it('does not withdraw what is draining: its own drain is about to come', async t => {
    const { covers, listed, clock } = await startRegistrant(t)
    covers.status = 'draining'
    await clock.advance(5000)
    assert.equal(listed().length, 1)
  })
})
