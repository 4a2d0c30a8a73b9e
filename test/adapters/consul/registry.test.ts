import assert from 'node:assert/strict'
import { after, describe, it, type TestContext } from 'node:test'
import { ConsulRegistry, type ConsulRegistryOptions } from '../../../src/adapters/consul/index.ts'
import type { InstanceSet } from '../../../src/discovery/instance-set.ts'
import { RegistryUnavailableError } from '../../../src/discovery/errors.ts'
import { TcpRelay } from '../../../src/testing/tcp-relay.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { missingEngine, startConsul } from '../../engines/engines.ts'
import { until } from '../daemon/until.ts'
import { instanceOf } from './real-consul.ts'

const skip = missingEngine('consul')

/** Keeps the newest set of a service until the test is over. */
function follow(t: TestContext, registry: ConsulRegistry, serviceName: string): { set?: InstanceSet } {
  const controller = new AbortController()
  t.after(() => controller.abort())
  const followed: { set?: InstanceSet } = {}
  void (async () => {
    for await (const set of registry.watch(serviceName, controller)) followed.set = set
  })().catch(() => {})
  return followed
}

/** Opens a registry over agents on these ports, until the test is over. */
function open(t: TestContext, ports: readonly number[], options: ConsulRegistryOptions = {}): ConsulRegistry {
  const registry = new ConsulRegistry({
    addresses: ports.map(port => `127.0.0.1:${port}`),
    requestMs: PATIENCE_MS,
    ...options,
  })
  t.after(() => registry.close())
  return registry
}

describe('ConsulRegistry, with a real Consul', { skip }, async () => {
  if (skip) return
  const consul = await startConsul()
  after(() => consul.stop())

  it('registers with the next agent when the one that has a registration is gone for longer than its TTL', async t => {
    const relay = await TcpRelay.listen({ port: consul.ports.http })
    t.after(() => relay[Symbol.asyncDispose]())
    const registry = open(t, [relay.port, consul.ports.http], { requestMs: 1_000 })
    const followed = follow(t, registry, 'moving')
    const instance = instanceOf('moving')
    const lease = await registry.register(instance, { ttlMs: 2_000 })
    relay.refuse()
    await assert.rejects(lease.renew(), RegistryUnavailableError)
    await until(() => lease.lost.aborted, 'it is lost')
    const next = await registry.register(instance, { ttlMs: 60_000 })
    await next.renew()
    await until(() => followed.set?.instances.length === 1 && !followed.set.stale, 'it is there')
  })

  it('shows an instance that an operator puts under maintenance as draining', async t => {
    const registry = open(t, [consul.ports.http])
    await registry.register(instanceOf('kept'))
    const followed = follow(t, registry, 'kept')
    const maintenance = async (enable: boolean) => {
      const url = `http://127.0.0.1:${consul.ports.http}/v1/agent/service/maintenance/kept:a?enable=${enable}`
      assert.equal((await fetch(url, { method: 'PUT' })).status, 200)
    }
    await maintenance(true)
    await until(() => followed.set?.instances[0]?.status === 'draining', 'it is draining')
    await maintenance(false)
    await until(() => followed.set?.instances[0]?.status === 'ready', 'it is ready')
  })

  it('keeps the books of two folders apart', async t => {
    const [one, other] = [open(t, [consul.ports.http]), open(t, [consul.ports.http], { folder: 'other/books' })]
    await one.register(instanceOf('books'))
    const report = await (await other.register(instanceOf('books', { id: 'b' }))).drain({ drainMs: 5_000 })
    assert.deepEqual([report.acknowledged, report.watchers], [true, 0])
    const keys = await fetch(`http://127.0.0.1:${consul.ports.http}/v1/kv/other/books/?keys`)
    assert.ok(((await keys.json()) as string[]).includes('other/books/claims/books/b'))
  })
})
