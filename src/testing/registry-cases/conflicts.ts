import assert from 'node:assert/strict'
import { InstanceConflictError } from '../../discovery/errors.ts'
import type { RegistryCases } from './registry-case.ts'

/** Two processes that hold themselves for the same Instance. */
export const conflictCases: RegistryCases = {
  'refuses an id that another live process holds, and leaves the holder alone': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const peer = await bench.peer()
    await assert.rejects(peer.register(bench.instance('a', { weight: 2 })), InstanceConflictError)
    await lease.renew()
    const { set } = await bench.follow()
    assert.deepEqual(set?.instances, [bench.instance('a')])
    assert.equal(lease.lost.aborted, false)
  },

  'gives an id to another process once its holder has revoked it': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    const peer = await bench.peer()
    await lease.revoke()
    await peer.register(bench.instance('a', { weight: 2 }))
    await lease.revoke()
    const { set } = await bench.follow()
    assert.deepEqual(set?.instances, [bench.instance('a', { weight: 2 })])
  },

  'gives an id to another process once its lease has lapsed': async bench => {
    const lease = await bench.registry.register(bench.instance('a'), { ttlMs: bench.ttlMs })
    const peer = await bench.peer()
    await bench.until(() => lease.lost.aborted, 'the lease is lost')
    const successor = await peer.register(bench.instance('a', { weight: 2 }), { ttlMs: 60_000 })
    await lease.revoke()
    const { set } = await bench.follow()
    assert.deepEqual(set?.instances, [bench.instance('a', { weight: 2 })])
    assert.equal(successor.lost.aborted, false)
  },

  'gives an id to exactly one of many who ask at once': async bench => {
    const peers = [bench.registry, ...(await Promise.all([bench.peer(), bench.peer(), bench.peer()]))]
    const attempts = peers.map((peer, weight) => peer.register(bench.instance('a', { weight })))
    const outcomes = await bench.result(Promise.allSettled(attempts), 'all are answered')
    const refused = outcomes.filter(outcome => outcome.status === 'rejected')
    assert.equal(refused.length, peers.length - 1)
    assert.ok(refused.every(({ reason }) => reason instanceof InstanceConflictError))
    const { set } = await bench.follow()
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
    assert.deepEqual(set?.instances, [bench.instance('a', { weight: winner })])
  },
}
