import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KnownLeases } from '../../../src/adapters/etcd/known-leases.ts'

describe('KnownLeases', () => {
  it('knows a lease until it is gone', () => {
    const leases = new KnownLeases()
    leases.add('1', 'key')
    leases.add('2')
    assert.deepEqual([leases.has('1'), leases.has('3'), leases.has(undefined)], [true, false, false])
    assert.deepEqual(leases.all, [
      ['1', 'key'],
      ['2', undefined],
    ])
    leases.delete('1')
    assert.equal(leases.has('1'), false)
  })

  it('forgets the oldest of too many', () => {
    const leases = new KnownLeases()
    for (let lease = 0; lease <= 65_536; lease++) leases.add(`${lease}`)
    assert.deepEqual([leases.has('0'), leases.has('1'), leases.all.length], [false, true, 65_536])
  })
})
