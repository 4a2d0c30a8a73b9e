import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { ConsulClient } from '../../../src/adapters/consul/client.ts'
import { contentOf } from '../../../src/adapters/consul/request.ts'
import type { ServiceEntry } from '../../../src/adapters/consul/service-entry.ts'
import { InstanceConflictError, LeaseLostError } from '../../../src/discovery/errors.ts'
import { missingEngine, startConsul } from '../../engines/engines.ts'
import { until } from '../daemon/until.ts'
import { LateProxy } from './late-proxy.ts'
import { call, instanceOf, RealConsul } from './real-consul.ts'

const skip = missingEngine('consul')
const ttlMs = 60_000

async function entry(client: ConsulClient, serviceName: string): Promise<ServiceEntry | undefined> {
  return (contentOf(await client.call({ path: ['health', 'service', serviceName] })) as ServiceEntry[])[0]
}

function statuses(found: ServiceEntry | undefined): Record<string, string> {
  return Object.fromEntries(found?.Checks.map(({ CheckID, Status }) => [CheckID.split(':')[0], Status]) ?? [])
}

describe('ConsulClaim, with a real Consul', { skip }, async () => {
  if (skip) return
  const consul = await startConsul()
  after(() => consul.stop())
  const { http } = consul.ports

  it('registers a service that passes, so that everybody finds it', async t => {
    const real = new RealConsul(t, http)
    const instance = instanceOf('plain', { tags: ['blue'], weight: 7, metadata: { owner: 'crew' } })
    const revision = await real
      .engine()
      .claim(instance)
      .take(instance, { ttlMs, ...call() })
    const found = await entry(real.client(), 'plain')
    assert.deepEqual([found?.Service.ID, found?.Service.Address, found?.Service.Port], ['plain:a', '127.0.0.1', 80])
    assert.deepEqual([found?.Service.Tags, found?.Service.Weights?.Passing], [['blue'], 7])
    assert.equal(found?.Service.Meta?.['owner'], 'crew')
    assert.deepEqual(statuses(found), { serfHealth: 'passing', ropewalk: 'passing' })
    assert.equal(found?.Service.ModifyIndex, revision)
  })

  it('warns while it drains, also when it is renewed, so that who asks for what passes leaves it alone', async t => {
    const real = new RealConsul(t, http)
    const instance = instanceOf('leaving')
    const claim = real.engine().claim(instance)
    await claim.take(instance, { ttlMs, ...call() })
    await claim.write(instanceOf('leaving', { status: 'draining' }), call())
    await claim.renew(call())
    const client = real.client()
    const passing = await client.call({ path: ['health', 'service', 'leaving'], query: { passing: '' } })
    assert.deepEqual(contentOf(passing), [])
    assert.equal(statuses(await entry(client, 'leaving'))['ropewalk'], 'warning')
  })

  it('has no change come about late that was given up before another was made', async t => {
    const proxy = await LateProxy.listen(t, http)
    const engine = new RealConsul(t, proxy.port).engine()
    const instance = instanceOf('late')
    const claim = engine.claim(instance)
    await claim.take(instance, { ttlMs, ...call() })
    const controller = new AbortController()
    const held = proxy.holdRegistration()
    const given = assert.rejects(claim.write(instanceOf('late', { weight: 1_000 }), { signal: controller.signal }), {
      message: 'given up',
    })
    const comesAbout = await held
    controller.abort(new Error('given up'))
    await given
    const written = claim.write(instanceOf('late', { weight: 2 }), call())
    // It comes about after the next change if that is not made to wait for it.
    await Promise.race([written, delay(200)])
    await comesAbout()
    await written
    assert.equal((await entry(new RealConsul(t, http).client(), 'late'))?.Service.Weights?.Passing, 2)
  })

  it('hears at once when somebody deregisters it', async t => {
    const real = new RealConsul(t, http)
    const instance = instanceOf('deregistered')
    const claim = real.engine().claim(instance)
    await claim.take(instance, { ttlMs, ...call() })
    assert.equal(claim.lost.aborted, false)
    await real.client().call({ method: 'PUT', path: ['agent', 'service', 'deregister', 'deregistered:a'] })
    await until(() => claim.lost.aborted, 'it hears')
    assert.ok(claim.lost.reason instanceof LeaseLostError)
    await assert.rejects(claim.renew(call()), LeaseLostError)
    await assert.rejects(claim.write(instance, call()), LeaseLostError)
  })

  it('is lost when something else registers the id at the agent, and leaves that alone', async t => {
    const real = new RealConsul(t, http)
    const instance = instanceOf('overwritten')
    const claim = real.engine().claim(instance)
    await claim.take(instance, { ttlMs, ...call() })
    const client = real.client()
    const query = { 'replace-existing-checks': 'true' }
    const body = { ID: 'overwritten:a', Name: 'overwritten', Port: 1 }
    await client.call({ method: 'PUT', path: ['agent', 'service', 'register'], query, body })
    await assert.rejects(claim.renew(call()), LeaseLostError)
    await claim.revoke(call())
    await until(async () => (await entry(client, 'overwritten'))?.Service.Port === 1, 'the other is there')
  })

  it('refuses an id that something else has at any agent', async t => {
    const real = new RealConsul(t, http)
    const service = { ID: 'elsewhere:a', Service: 'elsewhere', Port: 1 }
    const body = { Node: 'n9', Address: '10.0.0.9', SkipNodeUpdate: false, Service: service }
    const client = real.client()
    await client.call({ method: 'PUT', path: ['catalog', 'register'], body })
    const instance = instanceOf('elsewhere')
    const claim = real.engine().claim(instance)
    await assert.rejects(claim.take(instance, { ttlMs, ...call() }), InstanceConflictError)
    const taken = {
      method: 'PUT',
      path: ['catalog', 'deregister'],
      body: { Node: 'n9', ServiceID: 'elsewhere:a' },
    } as const
    await client.call(taken)
    await claim.take(instance, { ttlMs, ...call() })
  })

  it('takes over what has lapsed, though its process still has the session', async t => {
    const real = new RealConsul(t, http)
    const instance = instanceOf('lapsed')
    const first = real.engine().claim(instance)
    await first.take(instance, { ttlMs: 500, ...call() })
    const second = real.engine().claim(instance)
    await assert.rejects(second.take(instance, { ttlMs, ...call() }), InstanceConflictError)
    const client = real.client()
    await until(async () => statuses(await entry(client, 'lapsed'))['ropewalk'] === 'critical', 'it lapses')
    await second.take(instance, { ttlMs, ...call() })
    await assert.rejects(first.renew(call()), LeaseLostError)
    await first.revoke(call())
    await second.renew(call())
    assert.equal(statuses(await entry(client, 'lapsed'))['ropewalk'], 'passing')
  })

  it('takes over what another process holds on behalf of the same holder, and nothing on behalf of another', async t => {
    const [real, other] = [new RealConsul(t, http), new RealConsul(t, http)]
    const instance = instanceOf('shared')
    const first = real.engine().claim(instance)
    await first.take(instance, { ttlMs, holder: 'somebody', ...call() })
    const heavier = instanceOf('shared', { weight: 3 })
    for (const holder of ['else', undefined]) {
      const refused = other.engine().claim(instance)
      await assert.rejects(refused.take(heavier, { ttlMs, holder, ...call() }), InstanceConflictError)
    }
    const second = other.engine().claim(instance)
    await second.take(heavier, { ttlMs, holder: 'somebody', ...call() })
    await assert.rejects(first.renew(call()), LeaseLostError)
    await first.revoke(call())
    await second.renew(call())
    const found = await entry(real.client(), 'shared')
    assert.deepEqual([found?.Service.Weights?.Passing, statuses(found)['ropewalk']], [3, 'passing'])
    await second.write(instanceOf('shared', { weight: 4 }), call())
    const third = real.engine().claim(instance)
    await third.take(instance, { ttlMs, holder: 'somebody', ...call() })
  })

  it('fails, and leaves to whoever takes it over, what its process held on behalf of somebody when that ends', async t => {
    const [real, other] = [new RealConsul(t, http), new RealConsul(t, http)]
    const instance = instanceOf('bequeathed')
    const engine = real.engine()
    await engine.claim(instance).take(instance, { ttlMs, holder: 'somebody', ...call() })
    await engine.close(call())
    const client = other.client()
    await until(async () => statuses(await entry(client, 'bequeathed'))['ropewalk'] === 'critical', 'it fails')
    await other
      .engine()
      .claim(instance)
      .take(instance, { ttlMs, holder: 'somebody', ...call() })
    assert.equal(statuses(await entry(client, 'bequeathed'))['ropewalk'], 'passing')
  })

  it('keeps its id when Consul ends the session', async t => {
    const real = new RealConsul(t, http)
    const instance = instanceOf('sessionless')
    const claim = real.engine({ sessionTtlMs: 10_000 }).claim(instance)
    await claim.take(instance, { ttlMs, ...call() })
    const client = real.client()
    const key = ['kv', 'ropewalk', 'claims', 'sessionless', 'a']
    const [{ Session }] = contentOf(await client.call({ path: key })) as [{ Session: string }]
    await client.call({ method: 'PUT', path: ['session', 'destroy', Session] })
    assert.equal((await client.call({ path: key })).status, 404)
    await until(async () => {
      await claim.renew(call())
      return (await client.call({ path: key })).status === 200
    }, 'another session has it')
  })

  it('leaves the id to the claim of its process that took it since', async t => {
    const real = new RealConsul(t, http)
    const instance = instanceOf('again')
    const engine = real.engine()
    const [first, second] = [engine.claim(instance), engine.claim(instance)]
    await first.take(instance, { ttlMs, ...call() })
    await second.take(instance, { ttlMs, ...call() })
    await first.revoke(call())
    const client = real.client()
    const key = ['kv', 'ropewalk', 'claims', 'again', 'a']
    assert.equal((await client.call({ path: key })).status, 200)
    await second.revoke(call())
    assert.equal((await client.call({ path: key })).status, 404)
  })

  it('leaves no key behind', async t => {
    const real = new RealConsul(t, http)
    const instance = instanceOf('tidy')
    const claim = real.engine().claim(instance)
    await claim.revoke(call())
    await claim.take(instance, { ttlMs, ...call() })
    await claim.revoke(call())
    await claim.revoke(call())
    const client = real.client()
    assert.equal((await client.call({ path: ['kv', 'ropewalk', 'claims', 'tidy', 'a'] })).status, 404)
    assert.equal(await entry(client, 'tidy'), undefined)
  })
})
