import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ConsulClient } from '../../../src/adapters/consul/client.ts'
import { ConsulRegistry, type ConsulRegistryOptions } from '../../../src/adapters/consul/index.ts'
import { observe, type RopewalkEvent } from '../../../src/core/event.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { Instance } from '../../../src/discovery/instance.ts'
import { Registrant } from '../../../src/discovery/registrant.ts'
import { Resolver } from '../../../src/discovery/resolver.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { until } from '../../adapters/daemon/until.ts'
import { guide } from '../../docs/trial.ts'
import { missingEngine, startConsul } from '../../engines/engines.ts'

const certificate = (name: string) => fileURLToPath(new URL(`../../endpoint/certificates/${name}`, import.meta.url))

const MASTER = '11111111-1111-4111-8111-111111111111'
const TOKEN = '22222222-2222-4222-8222-222222222222'

const instance: Instance = createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://127.0.0.1:80'] })

describe('ConsulRegistry, with a Consul that denies', { skip: missingEngine('consul') }, () => {
  let consul: Awaited<ReturnType<typeof startConsul>>

  before(async () => {
    const acl = { enabled: true, default_policy: 'deny', tokens: { master: MASTER, agent: MASTER } }
    consul = await startConsul({ config: { primary_datacenter: 'dc1', acl }, token: MASTER })
    const [Rules = ''] = /^ {4}service "users"(?:.*\n {4})*.*$/m.exec(await guide('consul.md')) ?? []
    assert.match(Rules, /key_prefix/)
    await asOperator(['policy'], { Name: 'guide', Rules })
    await grant()
  })
  after(() => consul?.stop())

  async function asOperator(path: readonly string[], body: object): Promise<string> {
    const client = new ConsulClient({ addresses: [`127.0.0.1:${consul.ports.http}`], token: MASTER })
    const { text } = await client.call({ method: 'PUT', path: ['acl', ...path], body })
    await client.close()
    return text
  }

  const grant = () => asOperator(['token'], { SecretID: TOKEN, Policies: [{ Name: 'guide' }] })

  function open(t: TestContext, options: ConsulRegistryOptions = {}): ConsulRegistry {
    const registry = new ConsulRegistry({ addresses: [`127.0.0.1:${consul.ports.http}`], token: TOKEN, ...options })
    t.after(() => registry.close())
    return registry
  }

  it('needs no more than the rights that the guide lists', async t => {
    const told: RopewalkEvent[] = []
    t.after(observe('registry', event => told.push(event)))
    const [one, other] = [open(t), open(t)]
    await using resolver = new Resolver({ registry: other, serviceName: 'users' })
    const lease = await one.register(instance)
    await resolver.start()
    const report = await lease.drain({ drainMs: 20_000 })
    assert.deepEqual([report.acknowledged, report.watchers], [true, 1])
    await lease.revoke()
    assert.deepEqual(
      told.filter(({ level }) => level !== 'info').map(({ message }) => message),
      [],
    )
  })

  it('keeps what it knows when its token is taken away, tells why, and is well again when it has one', async t => {
    const registry = open(t)
    const told: RopewalkEvent[] = []
    for (const area of ['registry', 'discovery'] as const) t.after(observe(area, event => told.push(event)))
    const covers = { endpoints: instance.endpoints, status: 'ready' } as const
    await using registrant = new Registrant({ registry, serviceName: 'users', id: 'a', ttlMs: 4_000, covers })
    await using resolver = new Resolver({ registry, serviceName: 'users' })
    await registrant.start()
    await resolver.start()
    await until(() => resolver.instances.length === 1, 'it is known', PATIENCE_MS)
    const client = new ConsulClient({ addresses: [`127.0.0.1:${consul.ports.http}`], token: TOKEN })
    const self = await client.call({ path: ['acl', 'token', 'self'] })
    await client.close()
    const { AccessorID } = JSON.parse(self.text) as { AccessorID: string }
    await fetch(`http://127.0.0.1:${consul.ports.http}/v1/acl/token/${AccessorID}`, {
      method: 'DELETE',
      headers: { 'x-consul-token': MASTER },
    })
    const isTold = () =>
      told.some(({ error }) => (error as { code?: string } | undefined)?.code === 'ERR_CONSUL_FORBIDDEN')
    await until(isTold, 'it is told why', PATIENCE_MS)
    assert.equal(resolver.instances.length, 1)
    await grant()
    const grantedAt = performance.now()
    const isWell = () => !resolver.set.stale && resolver.instances.length === 1 && registrant.instance !== undefined
    await until(isWell, 'it is well again', PATIENCE_MS)
    t.diagnostic(`well again ${(performance.now() - grantedAt).toFixed(0)} ms after`)
    assert.doesNotMatch(JSON.stringify(told.map(({ message }) => message)), new RegExp(TOKEN))
  })

  it('registers again at once what somebody has deregistered', async t => {
    const registry = open(t)
    const covers = { endpoints: instance.endpoints, status: 'ready' } as const
    await using registrant = new Registrant({ registry, serviceName: 'users', id: 'b', ttlMs: 60_000, covers })
    await using resolver = new Resolver({ registry, serviceName: 'users' })
    await registrant.start()
    await resolver.start()
    const isThere = () => resolver.instances.some(({ id }) => id === 'b')
    await until(isThere, 'it is known', PATIENCE_MS)
    const { revision } = resolver.set
    await fetch(`http://127.0.0.1:${consul.ports.http}/v1/agent/service/deregister/users:b`, {
      method: 'PUT',
      headers: { 'x-consul-token': MASTER },
    })
    const goneAt = performance.now()
    await until(() => resolver.set.revision > revision && isThere(), 'it is there again', PATIENCE_MS)
    t.diagnostic(`there again after ${(performance.now() - goneAt).toFixed(0)} ms`)
  })
})

describe('ConsulRegistry, with a Consul that speaks TLS', { skip: missingEngine('consul') }, () => {
  it('is let in with a certificate, and trusts only whom it is told to', async t => {
    const pem = (name: string) => readFileSync(certificate(name), 'utf8')
    const files = { cert_file: certificate('localhost.pem'), key_file: certificate('localhost.key') }
    await using consul = await startConsul({ config: files })
    const open = (options: ConsulRegistryOptions) => {
      const registry = new ConsulRegistry({
        addresses: [`localhost:${consul.ports.https}`],
        requestMs: 1_000,
        ...options,
      })
      t.after(() => registry.close())
      return registry
    }
    const lease = await open({ tls: { ca: pem('ca.pem') }, requestMs: 20_000 }).register(instance)
    await lease.renew()
    await assert.rejects(open({ tls: {} }).register(instance), { code: 'ERR_REGISTRY_UNAVAILABLE' })
  })
})
