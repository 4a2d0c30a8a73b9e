import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { isOperator } from '../../../src/daemon/access/operator.ts'

function asks(remoteAddress: string, headers: { host?: string; origin?: string }): boolean {
  return isOperator({ socket: { remoteAddress }, headers } as IncomingMessage)
}

describe('isOperator', () => {
  it('accepts programs on this machine', () => {
    assert.ok(asks('127.0.0.1', { host: '127.0.0.1:8500' }))
    assert.ok(asks('127.0.0.1', { host: 'localhost:8500' }))
    assert.ok(asks('::1', { host: '[::1]:8500' }))
    assert.ok(asks('::ffff:127.0.0.1', { host: 'localhost' }))
  })

  it("accepts the daemon's own pages, and no others", () => {
    const host = 'localhost:8500'
    assert.ok(asks('127.0.0.1', { host, origin: 'http://localhost:8500' }))
    assert.ok(!asks('127.0.0.1', { host, origin: 'http://localhost:3000' }))
    assert.ok(!asks('127.0.0.1', { host, origin: 'https://evil.example' }))
    assert.ok(!asks('127.0.0.1', { host, origin: 'null' }))
  })

  it('refuses other machines, and names that may be bound to this one', () => {
    assert.ok(!asks('10.0.0.7', { host: '10.0.0.1:8500' }))
    assert.ok(!asks('127.0.0.1', { host: 'evil.example:8500' }))
    assert.ok(!asks('127.0.0.1', {}))
  })

  it('refuses a connection without an address, as one has whose client is gone', () => {
    assert.ok(!isOperator({ socket: {}, headers: { host: 'localhost' } } as IncomingMessage))
  })
})
