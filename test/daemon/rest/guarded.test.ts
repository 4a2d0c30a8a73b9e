import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe } from '../../../src/core/event.ts'
import { readAccessRules } from '../../../src/daemon/access/access-rules.ts'
import { RulesAccess } from '../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../src/daemon/access/token-hash.ts'
import { ask, events, serveRest } from './rest-server.ts'

const TOKENS = ['reader', 'holder', 'operator', 'stranger'] as const
const LEVELS = { reader: 'read', holder: 'register', operator: 'administer', stranger: 'none' } as const

/** One token for each level on `users`, and nothing for the anonymous. */
const rulesOf = (levels: Readonly<Record<string, string>>) =>
  readAccessRules(
    JSON.stringify({
      tokens: Object.entries(levels).map(([name, level]) => ({
        name,
        hash: tokenHash(name),
        services: { users: level, ...(name === 'operator' && { '*': 'administer' }) },
      })),
    }),
    'rules.json',
  )

/** The pattern of the route of a path. */
const patternOf = (path: string) =>
  path
    .replace(/\?.*/, '')
    .replace(/services\/(?:users|none)/, 'services/:name')
    .replace(/instances\/\w+/, 'instances/:id')

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** What each token gets of a request: the status. */
async function statuses(ask_: (headers: Record<string, string>) => Promise<{ status: number }>): Promise<string> {
  const found: number[] = []
  for (const token of TOKENS) found.push((await ask_(bearer(token))).status)
  return found.join(' ')
}

const body = { endpoints: ['tcp://127.0.0.1:1'], ttlMs: 60_000 }

describe('The REST API with rules of access', () => {
  it('gives each token what its rights are, at every route', async t => {
    const access = new RulesAccess(rulesOf(LEVELS))
    const { url, register, routes } = await serveRest(t, { access })
    register('u1')
    const expected: [string, string, string][] = [
      ['GET', '/services/users?observer', '200 200 200 403'],
      ['GET', '/services/users/watchers', '200 200 200 403'],
      ['GET', '/services/users/history', '200 200 200 403'],
      ['GET', '/services/none', '403 403 200 403'],
      ['PUT', '/services/users/instances/new', '403 201 409 403'],
      ['PATCH', '/services/users/instances/u1', '403 403 200 403'],
      ['POST', '/services/users/instances/u1/renew', '403 403 403 403'],
      ['POST', '/services/users/instances/u1/drain', '403 403 200 403'],
      ['DELETE', '/services/users/instances/u1', '403 403 204 403'],
      ['GET', '/services', '200 200 200 200'],
      ['GET', '/instances?id=new', '200 200 200 200'],
      ['GET', '/status', '200 200 200 200'],
    ]
    // Streams have a test of their own, below.
    const known = new Set(expected.map(([method, path]) => `${method} ${patternOf(path)}`)).add(
      'GET /services/:name/watch',
    )
    assert.deepEqual(
      routes.filter(route => !known.has(route)),
      [],
      'a route of which nothing is said here',
    )
    for (const [method, path, expectedStatuses] of expected) {
      const isRead = method === 'GET'
      const said = await statuses(headers => ask(url + path, { method, ...(!isRead && { body }), ...headers }))
      assert.equal(said, expectedStatuses, `${method} ${path}`)
    }
  })

  it('takes an unknown token for none of those, and asks for one', async t => {
    const { url } = await serveRest(t, { access: new RulesAccess(rulesOf(LEVELS)) })
    for (const path of ['/services', '/services/users', '/status']) {
      const { status, headers, body: answer } = await ask(url + path, bearer('guess'))
      assert.deepEqual(
        [status, headers.get('www-authenticate'), answer.error.code],
        [401, 'Bearer', 'ERR_TOKEN_UNKNOWN'],
      )
    }
    const { status, body: answer } = await ask(`${url}/services/users`)
    assert.deepEqual([status, answer.error.code], [403, 'ERR_FORBIDDEN'])
    assert.match(answer.error.message, /^anonymous lacks the right services:read on "users"/)
  })

  it('leaves out of lists what may not be read, and says so', async t => {
    const { url, register, store, owner } = await serveRest(t, { access: new RulesAccess(rulesOf(LEVELS)) })
    const claim = register('u1')
    store.leases.register(owner, { ...claim.instance, serviceName: 'payments' }, 60_000)
    const seen = async (path: string, token: string) => (await ask(url + path, bearer(token))).body
    const all = await seen('/services', 'operator')
    assert.deepEqual([all.services.length, all.filtered], [2, undefined])
    const some = await seen('/services', 'reader')
    assert.deepEqual(
      [some.services.map((one: { serviceName: string }) => one.serviceName), some.filtered],
      [['users'], true],
    )
    const none = await seen('/services', 'stranger')
    assert.deepEqual([none.services, none.filtered], [[], true])
    assert.deepEqual(
      [
        (await seen('/instances?id=u1', 'reader')).instances.length,
        (await seen('/instances?id=u1', 'reader')).filtered,
      ],
      [1, true],
    )
    assert.equal((await seen('/instances?id=u1', 'operator')).instances.length, 2)
    assert.deepEqual([(await seen('/status', 'reader')).owners, (await seen('/status', 'reader')).filtered], [[], true])
    assert.equal((await seen('/status', 'operator')).owners.length, 1)
  })

  it('ends streams when rights change, and gives who asks again what is left to it', async t => {
    const access = new RulesAccess(rulesOf(LEVELS))
    const { url, register } = await serveRest(t, { access })
    register('u1')
    const names = await events(t, `${url}/services?watch`, bearer('reader'))
    assert.deepEqual((await names.next()).data.names, ['users'])
    const stream = await events(t, `${url}/services/users/watch`, bearer('reader'))
    await stream.next()
    access.replace(rulesOf({ ...LEVELS, reader: 'none' }))
    await assert.rejects(stream.next())
    assert.equal((await ask(`${url}/services/users/watch`, bearer('reader'))).status, 403)
    const again = await events(t, `${url}/services?watch`, bearer('reader'))
    const { data } = await again.next()
    assert.deepEqual([data.names, data.filtered], [[], true])
  })

  it('lets the holder of a lease change its own with its token, and not without', async t => {
    const { url } = await serveRest(t, { access: new RulesAccess(rulesOf(LEVELS)) })
    const path = `${url}/services/users/instances/mine`
    const { body: answer } = await ask(path, { method: 'PUT', body, ...bearer('holder') })
    const lease = { 'ropewalk-lease': answer.lease }
    assert.equal((await ask(`${path}/renew`, { method: 'POST', ...lease, ...bearer('holder') })).status, 200)
    assert.equal((await ask(`${path}/renew`, { method: 'POST', ...lease })).status, 403)
    assert.equal((await ask(path, { method: 'DELETE', ...lease, ...bearer('holder') })).status, 204)
  })

  it('takes out at once what is held by who may not register it any more, and nothing else', async t => {
    const access = new RulesAccess(rulesOf({ ...LEVELS, other: 'register' }))
    const { url, store } = await serveRest(t, { access })
    const register = async (id: string, token: string) =>
      ask(`${url}/services/users/instances/${id}`, { method: 'PUT', body, ...bearer(token) })
    const { body: answer } = await register('mine', 'holder')
    await register('theirs', 'other')
    access.replace(rulesOf({ ...LEVELS, other: 'register' }))
    assert.equal(store.rosters.set('users').instances.length, 2)
    access.replace(rulesOf({ ...LEVELS, holder: 'read', other: 'register' }))
    assert.deepEqual(
      store.rosters.set('users').instances.map(({ id }) => id),
      ['theirs'],
    )
    access.replace(rulesOf({ ...LEVELS, other: 'register' }))
    const renewal = { method: 'POST', 'ropewalk-lease': answer.lease, ...bearer('holder') }
    assert.equal((await ask(`${url}/services/users/instances/mine/renew`, renewal)).status, 410)
  })

  it('tells who keeps the audit log of every write, also to an instance that is called renew, and of no renewal', async t => {
    const { url } = await serveRest(t, { access: new RulesAccess(rulesOf(LEVELS)) })
    const granted: string[] = []
    t.after(observe('daemon', ({ event, message }) => void (event === 'access.granted' && granted.push(message))))
    const path = `${url}/services/users/instances/renew`
    const { body: answer } = await ask(path, { method: 'PUT', body, ...bearer('holder') })
    const lease = { 'ropewalk-lease': answer.lease }
    assert.equal((await ask(`${path}/renew`, { method: 'POST', ...lease, ...bearer('holder') })).status, 200)
    assert.equal((await ask(path, { method: 'DELETE', ...lease, ...bearer('holder') })).status, 204)
    assert.deepEqual(
      granted.map(message => /: (\w+) .* is granted/.exec(message)?.[1]),
      ['PUT', 'DELETE'],
    )
  })
})
