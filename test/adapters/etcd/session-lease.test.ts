import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EtcdLeaseNotFoundError } from '../../../src/adapters/etcd/errors.ts'
import { KnownLeases } from '../../../src/adapters/etcd/known-leases.ts'
import { SessionLease, type LeaseKeeper } from '../../../src/adapters/etcd/session-lease.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const { signal } = new AbortController()

/** An etcd that grants leases, and renews them while `failure` is undefined. */
class Keeper implements LeaseKeeper {
  granted = 0
  renewed = 0
  failure: Error | undefined

  async grant(): Promise<string> {
    return `${++this.granted}`
  }

  async keepAlive(): Promise<void> {
    if (this.failure) throw this.failure
    this.renewed++
  }
}

function session() {
  const clock = new FakeClock()
  const client = new Keeper()
  return { clock, client, session: new SessionLease({ client, leases: new KnownLeases(), clock }) }
}

describe('SessionLease', () => {
  it('is granted once, however many want it, and renewed as long as it is held', async () => {
    const { clock, client, session: lease } = session()
    assert.deepEqual(await Promise.all([lease.id({ signal }), lease.id({ signal })]), ['1', '1'])
    for (let at = 0; at < 12; at++) await clock.advance(5_000)
    assert.equal(client.renewed, 12)
    assert.equal(lease.lost?.aborted, false)
    lease.close()
    await clock.advance(60_000)
    assert.equal(client.renewed, 12)
  })

  it('is lost when etcd does not know it any more, and granted anew', async () => {
    const { clock, client, session: lease } = session()
    await lease.id({ signal })
    const { lost } = lease
    client.failure = new EtcdLeaseNotFoundError('etcd')
    await clock.advance(5_000)
    assert.equal(lost?.aborted, true)
    assert.equal(await lease.id({ signal }), '2')
  })

  it('is lost when it could not be renewed for its TTL, and not before', async () => {
    const { clock, client, session: lease } = session()
    await lease.id({ signal })
    const { lost } = lease
    client.failure = new Error('away')
    for (let at = 0; at < 14; at++) await clock.advance(1_000)
    assert.equal(lost?.aborted, false)
    await clock.advance(1_000)
    assert.equal(lost?.aborted, true)
  })

  it('outlives an absence of etcd that is shorter than its TTL', async () => {
    const { clock, client, session: lease } = session()
    await lease.id({ signal })
    client.failure = new Error('away')
    for (let at = 0; at < 12; at++) await clock.advance(1_000)
    client.failure = undefined
    for (let at = 0; at < 30; at++) await clock.advance(1_000)
    assert.equal(lease.lost?.aborted, false)
    assert.equal(client.granted, 1)
  })
})
