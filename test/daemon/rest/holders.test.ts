import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { openAccess } from '../../../src/daemon/access/access.ts'
import { holder, type HolderInit, leaseOf, requireHolder, shownLease } from '../../../src/daemon/rest/holders.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { instance } from './rest-server.ts'

function request(headers: Record<string, string>, remoteAddress = '10.0.0.7'): IncomingMessage {
  return { headers: { host: '127.0.0.1', ...headers }, socket: { remoteAddress } } as unknown as IncomingMessage
}

const by = (init: Partial<HolderInit> = {}): HolderInit => ({
  request: request({}),
  identity: openAccess.identifyToken(''),
  ...init,
})

describe('shownLease', () => {
  it('reads a lease as it was given out', () => {
    const lease = randomUUID()
    assert.equal(shownLease(request({ 'ropewalk-lease': lease })), lease)
    assert.equal(shownLease(request({})), undefined)
  })

  it('refuses what somebody made up', () => {
    for (const lease of ['', 'secret', '../x', randomUUID().toUpperCase(), `${randomUUID()} `]) {
      assert.throws(() => shownLease(request({ 'ropewalk-lease': lease })), { code: 'ERR_BAD_REQUEST' })
    }
  })
})

describe('holder', () => {
  it('gives whoever comes without a lease one of his own', () => {
    const store = new Store({ clock: new FakeClock() })
    const [one, other] = [holder(store, by()), holder(store, by())]
    assert.notEqual(leaseOf(one), leaseOf(other))
    store.leases.register(one, instance('u1'), 1_000)
    assert.equal(holder(store, by({ lease: leaseOf(one) })), one)
  })

  it('keeps the lease out of the name that everybody sees', () => {
    const made = holder(new Store({ clock: new FakeClock() }), by())
    assert.equal(made.name, 'REST client at 10.0.0.7')
  })

  it('names the token it came with', () => {
    const identity = { ...openAccess.identifyToken(''), name: 'token "deploy"' }
    const made = holder(new Store({ clock: new FakeClock() }), by({ identity }))
    assert.equal(made.name, 'REST client at 10.0.0.7 with token "deploy"')
  })
})

describe('requireHolder', () => {
  it('takes the lease of the instance, and no other', () => {
    const store = new Store({ clock: new FakeClock() })
    const owner = holder(store, by())
    const claim = store.leases.register(owner, instance('u1'), 1_000)
    requireHolder(leaseOf(owner), claim)
    assert.throws(() => requireHolder(randomUUID(), claim), { code: 'ERR_LEASE_REQUIRED' })
  })
})
