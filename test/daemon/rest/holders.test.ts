import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { holder, leaseOf, requireRight, shownLease } from '../../../src/daemon/rest/holders.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { instance } from './rest-server.ts'

function request(headers: Record<string, string>, remoteAddress = '10.0.0.7'): IncomingMessage {
  return { headers: { host: '127.0.0.1', ...headers }, socket: { remoteAddress } } as unknown as IncomingMessage
}

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
    const [one, other] = [holder(store, request({})), holder(store, request({}))]
    assert.notEqual(leaseOf(one), leaseOf(other))
    store.leases.register(one, instance('u1'), 1_000)
    assert.equal(holder(store, request({}), leaseOf(one)), one)
  })

  it('keeps the lease out of the name that everybody sees', () => {
    const made = holder(new Store({ clock: new FakeClock() }), request({}))
    assert.equal(made.name, 'REST client at 10.0.0.7')
  })
})

describe('requireRight', () => {
  it('takes the lease of the instance, from anywhere', () => {
    const store = new Store({ clock: new FakeClock() })
    const owner = holder(store, request({}))
    const claim = store.leases.register(owner, instance('u1'), 1_000)
    requireRight(request({ 'ropewalk-lease': leaseOf(owner) }), claim)
    const others = [request({ 'ropewalk-lease': randomUUID() }, '127.0.0.1'), request({})]
    for (const other of others) assert.throws(() => requireRight(other, claim), { code: 'ERR_LEASE_REQUIRED' })
    requireRight(request({}, '127.0.0.1'), claim)
  })
})
