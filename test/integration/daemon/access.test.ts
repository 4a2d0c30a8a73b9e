import assert from 'node:assert/strict'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { connect } from 'node:tls'
import { DaemonAdmin, DaemonRegistry } from '../../../src/adapters/daemon/index.ts'
import { first } from '../../../src/cli/registry-access.ts'
import { readAccessRules } from '../../../src/daemon/access/access-rules.ts'
import { RulesAccess } from '../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../src/daemon/access/token-hash.ts'
import { DnsServer } from '../../../src/daemon/dns/dns-server.ts'
import { RegistryDaemon, type RegistryDaemonOptions } from '../../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import { observe } from '../../../src/core/event.ts'
import { Resolver } from '../../../src/discovery/resolver.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { askByUdp, queryFor, readAnswer } from '../../daemon/dns/queries.ts'
import { certificate, folder } from '../../endpoint/sandbox.ts'

const pem = (name: string) => readFileSync(certificate(name), 'utf8')
const ca = pem('ca.pem')

const RULES = {
  anonymous: { services: { 'public*': 'read' } },
  tokens: [
    { name: 'users', hash: tokenHash('users-token'), services: { users: 'register', 'public*': 'register' } },
    { name: 'operator', hash: tokenHash('operator-token'), services: { '*': 'administer' } },
    { name: 'machine', certificate: 'other', services: { '*': 'read' } },
  ],
}

const instance = (serviceName: string) => createInstance({ serviceName, id: 'i1', endpoints: ['tcp://10.0.0.1:80'] })

/** A daemon with TLS and rules, on loopback, with files of its own for its certificate. */
async function protectedDaemon(
  t: TestContext,
  { mutual = false, ...options }: RegistryDaemonOptions & { mutual?: boolean } = {},
) {
  const files = folder(t)
  const use = (name: string) => {
    copyFileSync(certificate(`${name}.pem`), join(files, 'cert.pem'))
    copyFileSync(certificate(`${name}.key`), join(files, 'cert.key'))
  }
  use('localhost')
  const access = new RulesAccess(readAccessRules(JSON.stringify(RULES), 'rules.json'))
  const authority = mutual ? `:ca=${certificate('ca.pem')}` : ''
  const daemon = new RegistryDaemon({
    endpoint: `tls:0:interface=127.0.0.1:cert=${join(files, 'cert.pem')}:key=${join(files, 'cert.key')}${authority}`,
    frontends: [new RestFrontend()],
    access,
    ...options,
  })
  t.after(() => daemon.stop())
  await daemon.start()
  const place = { host: '127.0.0.1', port: Number(new URL(daemon.endpoints[0] ?? '').port) }
  const registryOf = (more: object) => {
    const registry = new DaemonRegistry({ ...place, tls: { ca }, requestMs: PATIENCE_MS, ...more })
    t.after(() => registry.close())
    return registry
  }
  return { daemon, place, access, use, registryOf }
}

/** The name in the certificate that is shown at a port. */
async function certificateAt(port: number): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const socket = connect({ host: '127.0.0.1', port, ca, checkServerIdentity: () => undefined }, () => {
    resolve(socket.getPeerCertificate().subject.CN)
    socket.end()
  })
  socket.once('error', reject)
  return promise
}

/** That the daemon knows no such token, and nothing of the token. */
function refused(error: unknown): boolean {
  const { code, daemonCode, stack } = error as Error & { code: string; daemonCode: string }
  assert.deepEqual([code, daemonCode], ['ERR_REGISTRY_REFUSED', 'ERR_TOKEN_UNKNOWN'])
  assert.doesNotMatch(String(stack), /guess/)
  return true
}

describe('A registry daemon with TLS and rules of access', () => {
  it('lets a client with a token register what it may, and tells it what it may not', async t => {
    const { registryOf } = await protectedDaemon(t)
    const registry = registryOf({ token: 'users-token' })
    await registry.register(instance('users'))
    await assert.rejects(registry.register(instance('orders')), {
      code: 'ERR_REGISTRY_REFUSED',
      daemonCode: 'ERR_FORBIDDEN',
    })
    assert.equal((await first(registry.watch('users'))).instances.length, 1)
    await assert.rejects(first(registry.watch('orders')), { code: 'ERR_REGISTRY_REFUSED', daemonCode: 'ERR_FORBIDDEN' })
    assert.deepEqual((await first(registry.services())).names, ['users'])
  })

  it('lets nobody in with a token that is none, and says why', async t => {
    const { registryOf } = await protectedDaemon(t)
    const registry = registryOf({ token: 'guess' })
    await assert.rejects(registry.register(instance('users')), refused)
    await assert.rejects(first(registry.watch('users')), refused)
    await assert.rejects(first(registry.services()), refused)
    const resolver = new Resolver({ registry, serviceName: 'users' })
    t.after(() => resolver.stop())
    await resolver.start()
    await assert.rejects(resolver.ready(), ({ cause }: Error) => refused(cause))
  })

  it('lets in by itself who had a token that was none, once it is one, and says that it did not before', async t => {
    const { registryOf, access } = await protectedDaemon(t)
    const events: string[] = []
    t.after(
      observe('registry', ({ event, level }) => {
        if (/registry\.(?:refused|connected)/.test(event)) events.push(`${event} ${level}`)
      }),
    )
    const registry = registryOf({ token: 'users-token-2' })
    await assert.rejects(registry.register(instance('users')), { daemonCode: 'ERR_TOKEN_UNKNOWN' })
    const tokens = [{ name: 'users', hash: tokenHash('users-token-2'), services: { users: 'register' } }]
    access.replace(readAccessRules(JSON.stringify({ tokens }), 'rules.json'))
    const lease = await registry.register(instance('users'))
    assert.deepEqual([events[0], events.at(-1)], ['registry.refused error', 'registry.connected info'])
    assert.equal(events.filter(event => event === 'registry.refused error').length, 1)
    const sets = registry.watch('users')
    assert.equal((await sets.next()).value?.instances.length, 1)
    access.replace(readAccessRules('{}', 'rules.json'))
    assert.equal((await sets.next()).value?.stale, true)
    await assert.rejects(lease.update({ weight: 2 }), { daemonCode: 'ERR_TOKEN_UNKNOWN' })
    await sets.return()
  })

  it('lets operators do what others may not', async t => {
    const { registryOf, place } = await protectedDaemon(t)
    await registryOf({ token: 'users-token' }).register(instance('users'))
    const admin = (token: string) => new DaemonAdmin({ ...place, tls: { ca }, token, requestMs: PATIENCE_MS })
    await assert.rejects(admin('users-token').deregister({ id: 'i1' }), { daemonCode: 'ERR_FORBIDDEN' })
    await admin('operator-token').deregister({ id: 'i1' })
  })

  it('takes a client certificate for who it names, and refuses clients without', async t => {
    const { registryOf, place } = await protectedDaemon(t, { mutual: true })
    const tls = { ca, cert: pem('other.pem'), key: pem('other.key') }
    const machine = registryOf({ tls })
    assert.equal((await first(machine.watch('users'))).known, false)
    await assert.rejects(machine.register(instance('users')), { daemonCode: 'ERR_FORBIDDEN' })
    const stranger = new DaemonAdmin({ ...place, tls: { ca }, requestMs: PATIENCE_MS })
    await assert.rejects(stranger.services(), { code: 'ERR_REGISTRY_UNAVAILABLE' })
  })

  it('is not spoken to when its certificate is of somebody else', async t => {
    const { place } = await protectedDaemon(t)
    const trusting = new DaemonAdmin({ ...place, tls: { ca, serverName: 'other.test' }, token: 'operator-token' })
    await assert.rejects(trusting.services(), { code: 'ERR_REGISTRY_UNAVAILABLE' })
    const system = new DaemonAdmin({ ...place, tls: {}, token: 'operator-token' })
    await assert.rejects(system.services(), { code: 'ERR_REGISTRY_UNAVAILABLE' })
  })

  it('shows a new certificate without a restart, and keeps its sessions', async t => {
    const { daemon, registryOf, place, use } = await protectedDaemon(t)
    const registry = registryOf({ token: 'users-token' })
    await registry.register(instance('users'))
    assert.equal(await certificateAt(place.port), 'localhost')
    use('other')
    await daemon.reloadCertificate()
    assert.equal(await certificateAt(place.port), 'other')
    assert.equal((await first(registry.watch('users'))).instances.length, 1)
  })

  it('tells by DNS what everybody may read, and refuses the rest', async t => {
    const dns = new DnsServer({ endpoint: 'tcp:0:interface=127.0.0.1' })
    const { registryOf } = await protectedDaemon(t, { dns })
    const registry = registryOf({ token: 'users-token' })
    await registry.register(instance('users'))
    await registry.register(instance('public-web'))
    const asked = async (name: string) => readAnswer(await askByUdp(dns.endpoint.port, queryFor(name, 'A'))).code
    assert.equal(await asked('public-web.service.consul'), 'NOERROR')
    assert.equal(await asked('users.service.consul'), 'REFUSED')
  })

  it('may listen beyond this machine with TLS, and not without', () => {
    const access = new RulesAccess(readAccessRules('{}', 'rules.json'))
    const tls = `tls:0:cert=${certificate('localhost.pem')}:key=${certificate('localhost.key')}`
    assert.throws(() => new RegistryDaemon({ endpoint: tls }), { code: 'ERR_INSECURE_INTERFACE' })
    assert.throws(() => new RegistryDaemon({ endpoint: 'tcp:0', access }), { code: 'ERR_INSECURE_INTERFACE' })
    assert.doesNotThrow(() => new RegistryDaemon({ endpoint: tls, access }))
    assert.throws(() => new RegistryDaemon({ dns: new DnsServer({ endpoint: 'tcp:0' }) }), {
      code: 'ERR_INSECURE_INTERFACE',
    })
    assert.doesNotThrow(() => new RegistryDaemon({ dns: new DnsServer({ endpoint: 'tcp:0' }), access }))
  })
})
