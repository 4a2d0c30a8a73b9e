import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { readAccessRules } from '../../../src/daemon/access/access-rules.ts'
import { requireGranted } from '../../../src/daemon/access/audit.ts'
import { RulesAccess } from '../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../src/daemon/access/token-hash.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const rulesOf = (rules: unknown) => readAccessRules(JSON.stringify(rules), 'rules.json')

const rules = rulesOf({
  anonymous: { services: { 'public*': 'read' } },
  tokens: [
    { name: 'one', hash: tokenHash('secret-1'), services: { '*': 'register' } },
    { name: 'two', hash: tokenHash('secret-2'), services: { '*': 'read' } },
  ],
})

const request = (headers: Record<string, string>) => ({ headers, socket: {} }) as unknown as IncomingMessage

describe('RulesAccess', () => {
  it('knows who asks by either header, that of Consul first', () => {
    const access = new RulesAccess(rules)
    const named = (headers: Record<string, string>) => access.identify(request(headers)).name
    assert.equal(named({ authorization: 'Bearer secret-1' }), 'token "one"')
    assert.equal(named({ authorization: 'bearer  secret-1 ' }), 'token "one"')
    assert.equal(named({ 'x-consul-token': 'secret-2', authorization: 'Bearer secret-1' }), 'token "two"')
    assert.equal(named({}), 'anonymous')
    assert.equal(named({ authorization: 'Basic secret-1' }), 'anonymous')
  })

  it('refuses tokens that are none, also hashes and beginnings of tokens', () => {
    const access = new RulesAccess(rules)
    for (const token of ['other', 'secret', 'secret-11', tokenHash('secret-1')]) {
      assert.throws(() => access.identifyToken(token), { code: 'ERR_TOKEN_UNKNOWN', status: 401 })
    }
  })

  it('gives who is known what new rules say, and nothing when the token is gone', () => {
    const access = new RulesAccess(rules)
    const one = access.identifyToken('secret-1')
    const anonymous = access.identifyToken('')
    let changes = 0
    const unwatch = access.watch(() => changes++)
    assert.deepEqual([one.may('services:register', 'x'), anonymous.may('services:read', 'public-1')], [true, true])
    access.replace(rulesOf({ tokens: [{ name: 'one', hash: tokenHash('secret-1'), services: { x: 'read' } }] }))
    assert.deepEqual([one.may('services:register', 'x'), one.may('services:read', 'x')], [false, true])
    assert.equal(anonymous.may('services:read', 'public-1'), false)
    access.replace(rulesOf({}))
    assert.equal(one.may('services:read', 'x'), false)
    unwatch()
    access.replace(rules)
    assert.equal(changes, 2)
  })
})

describe('A token with writesPerSecond', () => {
  it('is refused one write too many, whoever shows it, and no read and no renewal', () => {
    const token = { name: 'a', hash: tokenHash('t'), services: { '*': 'register' }, writesPerSecond: 2 }
    const access = new RulesAccess(rulesOf({ tokens: [token] }), { clock: new FakeClock() })
    const deed = { name: 'users', action: 'register', from: 'here' }
    const write = () =>
      requireGranted(access, { ...deed, identity: access.identifyToken('t'), right: 'services:register' })
    write()
    write()
    assert.throws(write, { code: 'ERR_WRITE_RATE', status: 429 })
    const identity = access.identifyToken('t')
    requireGranted(access, { ...deed, identity, right: 'services:read' })
    requireGranted(access, { ...deed, identity, right: 'services:register', isRoutine: true })
  })

  it('must say a number above 0', () => {
    for (const writesPerSecond of [0, -1, '5']) {
      assert.throws(() => rulesOf({ tokens: [{ name: 'a', certificate: 'a', writesPerSecond }] }), {
        code: 'ERR_ACCESS_RULES',
        message: /"writesPerSecond"/,
      })
    }
  })
})
