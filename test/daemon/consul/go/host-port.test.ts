import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hostPort } from '../../../../src/daemon/consul/go/host-port.ts'

describe('hostPort', () => {
  it('puts an address of IPv6 in brackets, and no other one', () => {
    assert.deepEqual(
      ['::1', '10.0.0.1', 'n0', ''].map(address => hostPort(address, 8300)),
      ['[::1]:8300', '10.0.0.1:8300', 'n0:8300', ':8300'],
    )
  })
})
