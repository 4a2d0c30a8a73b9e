import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DaemonLease, type LeaseCalls } from '../../../src/adapters/daemon/lease.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'

const instance = createInstance({ serviceName: 'users', id: 'u1', endpoints: ['tcp://127.0.0.1:1'], startedAt: 1 })
const report = { acknowledged: true, watchers: 0, missing: [], tookMs: 0 }

function lease(calls: Partial<LeaseCalls> = {}) {
  const asked: string[] = []
  const made = new DaemonLease(instance, 15_000, {
    renew: async () => void asked.push('renew'),
    update: async () => void asked.push('update'),
    drain: async () => (asked.push('drain'), report),
    revoke: async () => void asked.push('revoke'),
    ...calls,
  })
  made.write(instance, 15_000)
  return { lease: made, asked }
}

describe('DaemonLease', () => {
  it('shows the instance as last written', async () => {
    const { lease: made } = lease()
    await made.update({ weight: 7, metadata: { a: 'b' } })
    assert.deepEqual([made.instance.weight, made.instance.metadata['a']], [7, 'b'])
    await made.drain()
    assert.equal(made.instance.status, 'draining')
  })

  it('changes nothing when the daemon refuses', async () => {
    const { lease: made } = lease({ update: () => Promise.reject(new Error('refused')) })
    await assert.rejects(made.update({ weight: 7 }), /refused/)
    assert.equal(made.instance.weight, 1)
  })

  it('refuses changes out of their limits without asking', async () => {
    const { lease: made, asked } = lease()
    await assert.rejects(made.update({ weight: -1 }), { code: 'ERR_INVALID_INSTANCE' })
    assert.deepEqual(asked, [])
  })

  it('rejects everything but revoke once it is lost, with the reason of its signal', async () => {
    const { lease: made, asked } = lease()
    made.lose()
    assert.equal(made.lost.aborted, true)
    await assert.rejects(made.renew(), made.lost.reason as Error)
    await assert.rejects(made.update({}), { code: 'ERR_LEASE_LOST' })
    await assert.rejects(made.drain(), { code: 'ERR_LEASE_LOST' })
    await made.revoke()
    assert.deepEqual(asked, [])
  })

  it('tells who asked for its signal before it was lost', () => {
    const { lease: made } = lease()
    const { lost } = made
    made.lose()
    made.lose()
    assert.equal(lost.aborted, true)
    assert.equal(made.lost, lost)
  })

  it('rejects a renewal during which it was lost', async () => {
    const { lease: made } = lease({ renew: async () => made.lose() })
    await assert.rejects(made.renew(), { code: 'ERR_LEASE_LOST' })
  })

  it('is not lost by what follows its own revoke, and is not renewed after it', async () => {
    const { lease: made } = lease()
    await made.revoke()
    made.lose()
    assert.equal(made.lost.aborted, false)
    await assert.rejects(made.renew(), { code: 'ERR_LEASE_LOST' })
  })

  it('asks again to revoke when the first time came to nothing', async () => {
    let attempts = 0
    const { lease: made } = lease({
      revoke: async () => {
        if (++attempts === 1) throw new Error('away')
      },
    })
    await assert.rejects(made.revoke(), /away/)
    await made.revoke()
    assert.equal(attempts, 2)
  })
})
