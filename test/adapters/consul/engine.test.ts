import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { ConsulEngine } from '../../../src/adapters/consul/engine.ts'
import { contentOf } from '../../../src/adapters/consul/request.ts'
import { observe, type RopewalkEvent } from '../../../src/core/event.ts'
import type { EngineNames, EngineNote, EngineSet } from '../../../src/discovery/engine/engine.ts'
import { missingEngine, startConsul } from '../../engines/engines.ts'
import { until } from '../daemon/until.ts'
import { call, instanceOf, RealConsul } from './real-consul.ts'

const skip = missingEngine('consul')
const ttlMs = 60_000

/** Reads until the test is over; `error` is how it ended. */
function read<T>(t: TestContext, open: (signal: AbortSignal) => AsyncIterable<T>): { seen: T[]; error?: unknown } {
  const controller = new AbortController()
  t.after(() => controller.abort())
  const reading: { seen: T[]; error?: unknown } = { seen: [] }
  void (async () => {
    try {
      for await (const value of open(controller.signal)) reading.seen.push(value)
    } catch (error) {
      reading.error = error
    }
  })()
  return reading
}

const follow = (t: TestContext, engine: ConsulEngine, serviceName: string) =>
  read<EngineSet>(t, signal => engine.follow(serviceName, { signal }))

/** The part of a transaction that registers one of many. */
function setting(at: number, Port: number): object {
  return { Service: { Verb: 'set', Node: 'many', Service: { ID: `m${at}`, Service: 'many', Port } } }
}

describe('ConsulEngine, with a real Consul', { skip }, async () => {
  if (skip) return
  const consul = await startConsul()
  after(() => consul.stop())
  const { http } = consul.ports

  it('shows what others have registered, as they change it', async t => {
    const real = new RealConsul(t, http)
    const followed = follow(t, real.engine(), 'foreign')
    await until(() => followed.seen.length === 1, 'there is none')
    assert.deepEqual([followed.seen[0]?.known, followed.seen[0]?.instances], [false, []])
    const client = real.client()
    const check = { CheckID: 'c', TTL: '60s', Status: 'passing' }
    const service = {
      ID: 'f1',
      Name: 'foreign',
      Address: '10.0.0.7',
      Port: 99,
      Tags: ['v1'],
      Meta: { zone: 'a' },
      Check: check,
    }
    await client.call({ method: 'PUT', path: ['agent', 'service', 'register'], body: service })
    await until(() => followed.seen.at(-1)?.instances.length === 1, 'it is there')
    const [found] = followed.seen.at(-1)!.instances
    assert.deepEqual(
      [found?.id, found?.endpoints, found?.zone, found?.tags],
      ['n0:f1', ['tcp://10.0.0.7:99'], 'a', ['v1']],
    )
    await client.call({ method: 'PUT', path: ['agent', 'check', 'fail', 'c'] })
    await until(() => followed.seen.at(-1)?.instances.length === 0, 'its check fails')
    assert.equal(followed.seen.at(-1)?.known, true)
  })

  it('reads 10,000 instances of one service, and shares what has not changed when one changes', async t => {
    const real = new RealConsul(t, http)
    const client = real.client()
    const node = { Node: 'many', Address: '10.0.0.9' }
    await client.call({ method: 'PUT', path: ['catalog', 'register'], body: node })
    for (let from = 0; from < 10_000; from += 64) {
      const body = Array.from({ length: Math.min(64, 10_000 - from) }, (_, at) => setting(from + at, 80))
      await client.call({ method: 'PUT', path: ['txn'], body })
    }
    const followed = follow(t, real.engine(), 'many')
    await until(() => followed.seen[0]?.instances.length === 10_000, 'all are read')
    await client.call({ method: 'PUT', path: ['txn'], body: [setting(5_000, 81)] })
    await until(() => followed.seen.length === 2, 'the change arrives')
    const first = new Set(followed.seen[0]!.instances)
    const changed = followed.seen[1]!.instances.filter(instance => !first.has(instance))
    assert.deepEqual(
      changed.map(({ endpoints }) => endpoints),
      [['tcp://10.0.0.9:81']],
    )
  })

  it('names the services that there are, ours and those of others, and those that there were', async t => {
    const real = new RealConsul(t, http)
    const engine = real.engine()
    const names = read<EngineNames>(t, signal => engine.followNames({ signal }))
    await until(() => names.seen.length > 0, 'the first names arrive')
    assert.ok(names.seen[0]?.names.includes('consul'))
    const instance = instanceOf('..')
    const claim = engine.claim(instance)
    await claim.take(instance, { ttlMs, ...call() })
    await until(() => names.seen.at(-1)?.names.includes('..') === true, 'ours is there')
    await claim.revoke(call())
    const later = read<EngineNames>(t, signal => engine.followNames({ signal }))
    await until(() => later.seen.length > 0, 'the names arrive again')
    assert.ok(later.seen[0]?.names.includes('..'))
  })

  it('has one epoch for all, and another when the data is lost', async t => {
    const real = new RealConsul(t, http)
    const reads = [real.engine(), real.engine()].map(engine => follow(t, engine, 'epochs'))
    await until(() => reads.every(({ seen }) => seen.length > 0), 'both have a set')
    const epochs = new Set(reads.map(({ seen }) => seen[0]?.epoch))
    assert.equal(epochs.size, 1)
    await consul.restart({ empty: true })
    await until(() => reads.every(({ error }) => error !== undefined), 'both are lost')
    let anew = follow(t, real.engine(), 'epochs')
    const readAgain = () => {
      // An agent that has just come back may still refuse.
      if (anew.error !== undefined) anew = follow(t, real.engine(), 'epochs')
      return anew.seen.length > 0
    }
    await until(readAgain, () => `there is a set again, after ${String(anew.error)}`)
    assert.equal(epochs.has(anew.seen[0]!.epoch), false)
  })

  it('leaves a note for each reader, and takes them with it', async t => {
    const real = new RealConsul(t, http)
    const [one, other] = [real.engine(), real.engine()]
    const notes = read<readonly EngineNote[]>(t, signal => one.notes.follow('noted', { signal }))
    await until(() => notes.seen.length === 1, 'there are none')
    const note = { reader: 'r1', name: 'a program', revision: 5 }
    await other.notes.put('noted', note, call())
    await until(() => notes.seen.at(-1)?.length === 1, 'the note arrives')
    assert.deepEqual(notes.seen.at(-1), [note])
    await one.notes.remove('noted', 'r1', call())
    await other.notes.put('noted', { ...note, revision: 6 }, call())
    await until(() => notes.seen.at(-1)?.[0]?.revision === 6, 'the change arrives')
    await other.close(call())
    await until(() => notes.seen.at(-1)?.length === 0, 'it is gone')
  })

  it('ends what is followed when Consul has ended the session, since the notes are gone with it', async t => {
    const real = new RealConsul(t, http)
    const engine = real.engine({ sessionTtlMs: 10_000 })
    await engine.notes.put('ended', { reader: 'r1', name: 'a program', revision: 0 }, call())
    const followed = follow(t, engine, 'ended')
    await until(() => followed.seen.length === 1, 'there is a set')
    const client = real.client()
    const path = ['kv', 'ropewalk', 'readers', 'ended', 'r1']
    const [{ Session }] = contentOf(await client.call({ path })) as [{ Session: string }]
    await client.call({ method: 'PUT', path: ['session', 'destroy', Session] })
    await until(() => followed.error !== undefined, 'it has ended')
  })
})

describe('ConsulEngine, with a Consul that denies', { skip }, () => {
  const master = '11111111-1111-4111-8111-111111111111'
  const services = '22222222-2222-4222-8222-222222222222'
  let consul: Awaited<ReturnType<typeof startConsul>>

  before(async () => {
    if (skip) return
    const acl = { enabled: true, default_policy: 'deny', tokens: { master, agent: master } }
    consul = await startConsul({ config: { primary_datacenter: 'dc1', acl }, token: master })
  })
  after(() => consul?.stop())

  /** A token that may do as much as `rules` say. */
  async function allow(real: RealConsul, token: string, rules: string): Promise<void> {
    const client = real.client({ token: master })
    const name = `p-${token.slice(0, 8)}`
    await client.call({ method: 'PUT', path: ['acl', 'policy'], body: { Name: name, Rules: rules } })
    await client.call({ method: 'PUT', path: ['acl', 'token'], body: { SecretID: token, Policies: [{ Name: name }] } })
  }

  it('uses what the token allows, says once what is missing, and has a drain wait for a while instead', async t => {
    const real = new RealConsul(t, consul.ports.http)
    await allow(real, services, 'service_prefix "" { policy = "write" } node_prefix "" { policy = "read" }')
    const told: RopewalkEvent[] = []
    t.after(observe('registry', event => told.push(event)))
    const engine = real.engine({ token: services, unnotedMs: 50 })
    await engine.notes.put('poor', { reader: 'r', name: 'p', revision: 0 }, call())
    const followed = follow(t, engine, 'poor')
    const instance = instanceOf('poor')
    const claim = engine.claim(instance)
    await claim.take(instance, { ttlMs, ...call() })
    await claim.renew(call())
    await until(() => followed.seen.at(-1)?.instances.length === 1, 'it is there')
    const rival = real.engine({ token: services }).claim(instance)
    await assert.rejects(rival.take(instance, { ttlMs, ...call() }), { code: 'ERR_INSTANCE_CONFLICT' })
    for await (const notes of engine.notes.follow('poor', call())) {
      assert.deepEqual(notes, [])
      break
    }
    await claim.revoke(call())
    const missing = told.filter(({ event }) => event === 'registry.rights-missing')
    assert.equal(missing.length, 2)
    assert.doesNotMatch(JSON.stringify(told), new RegExp(services))
  })

  it('refuses with a typed error when the token is wrong, and does not take that for a missing right', async t => {
    const real = new RealConsul(t, consul.ports.http)
    const engine = real.engine({ token: '99999999-9999-4999-8999-999999999999' })
    const instance = instanceOf('wrong')
    await assert.rejects(engine.claim(instance).take(instance, { ttlMs, ...call() }), { code: 'ERR_CONSUL_FORBIDDEN' })
    const followed = follow(t, engine, 'wrong')
    await until(() => followed.error !== undefined, 'it is refused')
    assert.equal((followed.error as { code?: string }).code, 'ERR_CONSUL_FORBIDDEN')
  })
})
