import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { observe } from '../../../src/core/event.ts'
import { readAccessRules } from '../../../src/daemon/access/access-rules.ts'
import { RulesAccess } from '../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../src/daemon/access/token-hash.ts'
import { serveSessions, SessionClient, until } from './session-client.ts'

const rulesOf = (services: Readonly<Record<string, string>>) =>
  readAccessRules(JSON.stringify({ tokens: [{ name: 'app', hash: tokenHash('secret'), services }] }), 'rules.json')

const instance = (id: string) => ({ id, endpoints: ['tcp://127.0.0.1:1'], startedAt: 0 })

async function guardedSessions(t: TestContext, services: Readonly<Record<string, string>>) {
  const access = new RulesAccess(rulesOf(services))
  const served = await serveSessions(t, { access })
  const open = (token: string) => SessionClient.open(t, served.port, { authorization: `Bearer ${token}` })
  return { ...served, access, open }
}

describe('A session with rules of access', () => {
  it('is not opened with a token that is none', async t => {
    const { open } = await guardedSessions(t, {})
    await assert.rejects(open('guess'), /401/)
    await open('secret')
  })

  it('registers and changes what it may, and is refused the rest without losing anything', async t => {
    const { open, store } = await guardedSessions(t, { users: 'register', '*': 'read' })
    const client = await open('secret')
    await client.hello('s1')
    client.say({ type: 'register', seq: 1, service: 'users', instance: instance('u1'), ttlMs: 60_000 })
    await client.next('ok')
    client.say({ type: 'register', seq: 2, service: 'orders', instance: instance('o1'), ttlMs: 60_000 })
    const refusal = await client.next('error')
    assert.deepEqual([refusal.seq, refusal.code], [2, 'ERR_FORBIDDEN'])
    assert.deepEqual(store.rosters.names().names, ['users'])
    const [owner] = store.leases.owners()
    assert.match(owner?.name ?? '', /, token "app"\)$/)
  })

  it('is told that a service may not be watched, which is not that there is none', async t => {
    const { open } = await guardedSessions(t, { users: 'read' })
    const client = await open('secret')
    await client.hello('s1')
    client.say({ type: 'watch', service: 'payments' })
    const denied = await client.next('denied')
    assert.deepEqual([denied.service, denied.code], ['payments', 'ERR_FORBIDDEN'])
    client.say({ type: 'watch', service: 'users' })
    assert.equal((await client.next('set')).known, false)
  })

  it('is told the names that it may read, and that there are others', async t => {
    const { open, store } = await guardedSessions(t, { users: 'read' })
    const owner = store.leases.connect({ id: 'session:x', name: 'x' })
    for (const serviceName of ['users', 'payments']) {
      const fields = { weight: 1, zone: '', version: '', tags: [], metadata: {}, status: 'ready' } as const
      store.leases.register(owner, { serviceName, ...instance('i'), ...fields }, 60_000)
    }
    const client = await open('secret')
    await client.hello('s1')
    client.say({ type: 'watch-names' })
    const { names, filtered } = await client.next('names')
    assert.deepEqual([names, filtered], [['users'], true])
  })

  it('ends when it holds or watches what it may not any more, and comes back without it', async t => {
    const { open, access, store } = await guardedSessions(t, { users: 'register', orders: 'register' })
    const client = await open('secret')
    await client.hello('s1')
    for (const [seq, service] of ['users', 'orders'].entries()) {
      client.say({ type: 'register', seq, service, instance: instance('i'), ttlMs: 60_000 })
      await client.next('ok')
    }
    access.replace(rulesOf({ users: 'register' }))
    await until(() => client.closed !== undefined, 'the session was ended')
    assert.equal(client.closed?.code, 4003)
    const back = await open('secret')
    const { held } = await back.hello('s1', [
      { service: 'users', id: 'i' },
      { service: 'orders', id: 'i' },
    ])
    assert.deepEqual(held, [{ service: 'users', id: 'i' }])
    assert.equal(store.rosters.find('orders', 'i'), undefined)
    access.replace(rulesOf({ users: 'register', other: 'read' }))
    back.say({ type: 'renew', seq: 9 })
    await back.next('ok')
  })

  it('tells who keeps the audit log of everything that it writes, gives back, or is refused', async t => {
    const { open } = await guardedSessions(t, { users: 'register' })
    const told: string[] = []
    t.after(observe('daemon', ({ event, message }) => void (event.startsWith('access.') && told.push(message))))
    await assert.rejects(open('guess'), /401/)
    const client = await open('secret')
    await client.hello('s1')
    for (const seq of [1, 2]) {
      client.say({ type: 'register', seq, service: 'users', instance: instance(`u${seq}`), ttlMs: 60_000 })
      await client.next('ok')
    }
    client.say({ type: 'revoke', seq: 3, service: 'users', id: 'u1' })
    await client.next('ok')
    client.say({ type: 'bye' })
    await until(() => client.closed !== undefined, 'the session is over')
    const register = 'token "app": register is granted (services:register on "users")'
    const revoke = 'token "app": revoke is granted (services:register on "users")'
    assert.deepEqual(
      told.map(message => message.replace(/ from [^ ]+:\d+/, '')),
      ['a token that is none: GET /api/v1/session is refused', register, register, revoke, revoke],
    )
  })
})
