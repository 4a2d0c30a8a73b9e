import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InsecureInterfaceError } from '../../src/daemon/errors.ts'
import { isProtected, requireProtected } from '../../src/daemon/loopback.ts'
import { RegistryDaemon } from '../../src/daemon/registry-daemon.ts'
import { parseEndpoint } from '../../src/endpoint/parse-endpoint.ts'

describe('isProtected', () => {
  it('holds for loopback interfaces, Unix sockets, and TLS that demands certificates', () => {
    const endpoints = [
      'tcp:8500:interface=127.0.0.1',
      'tcp:8500:interface=127.3.2.1',
      'tcp://[::1]:8500',
      'tcp:8500:interface=localhost',
      'unix:/run/x.sock',
      'tls:8500:cert=c.pem:ca=ca.pem',
    ]
    for (const endpoint of endpoints) assert.equal(isProtected(parseEndpoint(endpoint)), true, endpoint)
  })

  it('does not hold for all interfaces, others, and names that only look like loopback', () => {
    const endpoints = [
      'tcp:8500',
      'tcp:8500:interface=0.0.0.0',
      'tcp:8500:interface=10.0.0.1',
      'tcp://[::]:8500',
      'tcp:8500:interface=127.evil.example',
      'tls:8500:cert=c.pem',
    ]
    for (const endpoint of endpoints) assert.equal(isProtected(parseEndpoint(endpoint)), false, endpoint)
  })
})

describe('requireProtected', () => {
  it('throws where everybody may come from', () => {
    assert.throws(() => requireProtected(parseEndpoint('tcp:8500')), InsecureInterfaceError)
    requireProtected(parseEndpoint('tcp:8500:interface=127.0.0.1'))
  })
})

describe('RegistryDaemon', () => {
  it('refuses each place where everybody may come from', () => {
    assert.throws(() => new RegistryDaemon({ alsoAt: ['tcp:0'] }), InsecureInterfaceError)
  })
})
