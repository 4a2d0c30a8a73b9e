import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { AclAccess } from '../../../src/daemon/consul/acl/acl-access.ts'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { DnsServer } from '../../../src/daemon/dns/dns-server.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import { askByUdp, queryFor, readAnswer } from '../../daemon/dns/queries.ts'
import { events } from '../../daemon/rest/rest-server.ts'
import { SessionClient, until } from '../../daemon/session/session-client.ts'

const MASTER = '11111111-1111-1111-1111-111111111111'
const ANONYMOUS = '00000000-0000-0000-0000-000000000002'
const READ_USERS = 'service "users" { policy = "read" } node_prefix "" { policy = "read" }'

/** A daemon with every way in, that lets in by tokens of the Consul API. */
async function daemonWithTokens(t: TestContext) {
  const access = new AclAccess({ master: MASTER })
  const consul = new ConsulFrontend({ nodeName: 'n0', acl: access })
  const dns = new DnsServer({
    endpoint: 'tcp:0:interface=127.0.0.1',
    nodeName: 'n0',
    catalog: (_context, defaults) => consul.dnsCatalog(defaults),
  })
  const frontends = [new RestFrontend(), consul]
  const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends, dns, access })
  t.after(() => daemon.stop())
  await daemon.start()
  const url = daemon.endpoints[0]?.replace('tcp:', 'http:') ?? ''
  const put = async (path: string, body: object) => {
    const headers = { 'x-consul-token': MASTER }
    const answer = await fetch(url + path, { method: 'PUT', headers, body: JSON.stringify(body) })
    return (await answer.json()) as { readonly ID: string; readonly AccessorID: string; readonly SecretID: string }
  }
  const policy = (Name: string, Rules: string) => put('/v1/acl/policy', { Name, Rules })
  const token = (...names: string[]) => put('/v1/acl/token', { Policies: names.map(Name => ({ Name })) })
  const port = Number(new URL(url).port)
  const sessionOf = (secret: string) => SessionClient.open(t, port, { authorization: `Bearer ${secret}` })
  return { daemon, dns, url, put, policy, token, sessionOf }
}

describe('Tokens of the Consul API at every way in', () => {
  it('open sessions with their rights, which end with them', async t => {
    const { policy, token, sessionOf, put } = await daemonWithTokens(t)
    const { ID } = await policy('users', 'service "users" { policy = "write" }')
    const { SecretID } = await token('users')
    const client = await sessionOf(SecretID)
    await client.hello('s1')
    await client.register('u1')
    client.say({ type: 'watch', service: 'orders' })
    assert.equal((await client.next('denied')).code, 'ERR_FORBIDDEN')
    await put(`/v1/acl/policy/${ID}`, { Name: 'users', Rules: READ_USERS })
    await until(() => client.closed !== undefined, 'the session was ended')
    assert.equal(client.closed?.code, 4003)
    await assert.rejects(sessionOf('guess'), /401/)
  })

  it('open sessions with the rights of their roles, which end with them', async t => {
    const { policy, sessionOf, put } = await daemonWithTokens(t)
    await policy('users', 'service "users" { policy = "write" }')
    const { ID } = await put('/v1/acl/role', { Name: 'one', Policies: [{ Name: 'users' }] })
    const { SecretID } = await put('/v1/acl/token', { Roles: [{ ID }] })
    const client = await sessionOf(SecretID)
    await client.hello('s1')
    await client.register('u1')
    await put(`/v1/acl/role/${ID}`, { Name: 'one' })
    await until(() => client.closed !== undefined, 'the session was ended')
    assert.equal(client.closed?.code, 4003)
  })

  it('read by REST and event streams, which end when rights change', async t => {
    const { policy, token, url, put } = await daemonWithTokens(t)
    const { ID } = await policy('users', READ_USERS)
    const { SecretID } = await token('users')
    const headers = { 'x-consul-token': SecretID }
    const stream = await events(t, `${url}/api/v1/services/users/watch`, headers)
    await stream.next()
    await put(`/v1/acl/policy/${ID}`, { Name: 'users', Rules: '' })
    await assert.rejects(stream.next())
    const { status } = await fetch(`${url}/api/v1/services/users`, { headers })
    assert.equal(status, 403)
  })

  it('leave DNS to what the anonymous token may read, as it is just now', async t => {
    const { dns, policy, token, sessionOf, put } = await daemonWithTokens(t)
    await policy('users', 'service "users" { policy = "write" }')
    const client = await sessionOf((await token('users')).SecretID)
    await client.hello('s1')
    await client.register('u1')
    const asked = async () => readAnswer(await askByUdp(dns.endpoint.port, queryFor('users.service.consul', 'A'))).code
    assert.equal(await asked(), 'REFUSED')
    const { ID } = await policy('anonymous', READ_USERS)
    await put(`/v1/acl/token/${ANONYMOUS}`, { Policies: [{ ID }] })
    assert.equal(await asked(), 'NOERROR')
    await put(`/v1/acl/policy/${ID}`, { Name: 'anonymous', Rules: 'service "users" { policy = "deny" }' })
    assert.equal(await asked(), 'REFUSED')
  })
})
