import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hostAndPort } from '../../../../src/daemon/consul/rows/host-and-port.ts'
import { NativeInstances } from '../../../../src/daemon/consul/rows/native-rows.ts'
import { Store } from '../../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../../src/testing/fake-clock.ts'
import { users } from '../../../discovery/store/instances.ts'

describe('NativeInstances', () => {
  it('shows each status as a check', async () => {
    const clock = new FakeClock()
    const { leases, rosters } = new Store({ clock })
    const natives = new NativeInstances(rosters, 'n0')
    const owner = leases.connect({ id: 'one', name: 'one' })
    const claim = leases.register(owner, users('a'), 1_000)
    const status = () => natives.rows('users').map(({ check }) => check.Status)
    assert.deepEqual(status(), ['passing'])
    await clock.advance(1_000)
    assert.deepEqual(status(), ['warning'])
    leases.renew(owner)
    leases.disconnect(owner)
    assert.deepEqual(status(), ['critical'])
    leases.connect({ id: 'one', name: 'one' })
    assert.deepEqual(status(), ['passing'])
    void leases.drain(claim)
    assert.deepEqual(status(), ['critical'])
  })

  it('knows since when an instance is as it is', () => {
    const { leases, rosters } = new Store({ clock: new FakeClock() })
    const natives = new NativeInstances(rosters, 'n0')
    const claim = leases.register(leases.connect({ id: 'one', name: 'one' }), users('a'), 1_000)
    leases.update(claim, { weight: 2 })
    const [rows] = natives.rows('users')
    assert.deepEqual([rows?.service.CreateIndex, rows?.service.ModifyIndex], [1, 2])
    assert.equal(natives.rows('users')[0]?.service, rows?.service)
  })

  it('leaves out what the Consul API has put there itself', () => {
    const { leases, rosters } = new Store({ clock: new FakeClock() })
    const natives = new NativeInstances(rosters, 'n0')
    leases.register(leases.vouch({ id: 'c', name: 'c' }), users('a'), 1_000)
    assert.deepEqual([natives.rows('users'), natives.withId('a')], [[], []])
  })
})

describe('hostAndPort', () => {
  it('takes the first endpoint that has both', () => {
    assert.deepEqual(hostAndPort(['unix:/run/x.sock', 'tcp://[::1]:80', 'tcp://b:81']), { host: '::1', port: 80 })
    assert.deepEqual(hostAndPort(['tls://users.example:8443']), { host: 'users.example', port: 8443 })
    assert.deepEqual(hostAndPort(['unix:/run/x.sock', 'tcp://a:99999']), { host: '', port: 0 })
  })
})
