import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readAccessRules } from '../../../src/daemon/access/access-rules.ts'
import { requireGranted } from '../../../src/daemon/access/audit.ts'
import { RulesAccess } from '../../../src/daemon/access/rules-access.ts'
import { tokenHash } from '../../../src/daemon/access/token-hash.ts'
import { WriteRate } from '../../../src/daemon/access/write-rate.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

/** How many of so many writes at once are let through. */
const taken = (rate: WriteRate, count: number) =>
  Array.from({ length: count }, () => rate.take()).filter(Boolean).length

describe('WriteRate', () => {
  it('lets as many through at once as in a second, and then as many as time allows', async () => {
    const clock = new FakeClock()
    const rate = new WriteRate(clock, 10)
    assert.equal(taken(rate, 20), 10)
    await clock.advance(500)
    assert.equal(taken(rate, 20), 5)
    await clock.advance(60_000)
    assert.equal(taken(rate, 20), 10)
  })

  it('lets one through at a time where less than one per second is allowed', async () => {
    const clock = new FakeClock()
    const rate = new WriteRate(clock, 0.5)
    assert.equal(taken(rate, 3), 1)
    await clock.advance(1_999)
    assert.equal(taken(rate, 3), 0)
    await clock.advance(1)
    assert.equal(taken(rate, 3), 1)
  })
})

describe('A token with writesPerSecond', () => {
  it('is refused one write too many, whoever shows it, and no read and no renewal', () => {
    const token = { name: 'a', hash: tokenHash('t'), services: { '*': 'register' }, writesPerSecond: 2 }
    const rules = readAccessRules(JSON.stringify({ tokens: [token] }), 'rules.json')
    const access = new RulesAccess(rules, { clock: new FakeClock() })
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
      const text = JSON.stringify({ tokens: [{ name: 'a', certificate: 'a', writesPerSecond }] })
      assert.throws(() => readAccessRules(text, 'rules.json'), {
        code: 'ERR_ACCESS_RULES',
        message: /"writesPerSecond"/,
      })
    }
  })
})
