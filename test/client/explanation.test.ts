import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { explain, type ExplainInit } from '../../src/client/explanation.ts'
import type { InstanceSet } from '../../src/discovery/instance-set.ts'
import { instanceOf, peerOf } from './settings.ts'

const set: InstanceSet = {
  serviceName: 'users',
  revision: 7,
  instances: [],
  known: true,
  settled: true,
  ageMs: 1_500,
  stale: true,
}

const nobody: ExplainInit = { serviceName: 'users', set, peers: [], shareOf: () => 1, waiting: 0, retries: 0 }

describe('explain', () => {
  it('says of each Instance in which tier it is, and which tier is picked from', () => {
    const peers = (['ready', 'late', 'draining'] as const).map(status => peerOf(instanceOf(status, { status })))
    const ejected = peerOf(instanceOf('ejected'))
    ejected.ejected = true
    ejected.lastError = new Error('refused')
    const { candidates } = explain({ ...nobody, peers: [...peers, ejected] })
    assert.deepEqual(
      candidates.map(({ id, tier, picked, lastError }) => ({ id, tier, picked, lastError })),
      [
        { id: 'ready', tier: 'preferred', picked: true, lastError: undefined },
        { id: 'late', tier: 'late', picked: false, lastError: undefined },
        { id: 'draining', tier: undefined, picked: false, lastError: undefined },
        { id: 'ejected', tier: 'ejected', picked: false, lastError: 'refused' },
      ],
    )
  })

  it('says which part of its weight counts of one that is new', () => {
    const peers = [peerOf(instanceOf('new', { weight: 3 })), peerOf(instanceOf('old'))]
    const { candidates } = explain({ ...nobody, peers, shareOf: peer => (peer === peers[0] ? 0.2 : 1) })
    assert.deepEqual(
      candidates.map(({ weight, share }) => [weight, share]),
      [
        [3, 0.2],
        [1, 1],
      ],
    )
  })

  it('picks from nobody when all drain', () => {
    const peers = [peerOf(instanceOf('a', { status: 'draining' }))]
    const { candidates } = explain({ ...nobody, peers })
    assert.equal(candidates[0]?.picked, false)
  })

  it('says how old the set is, who waits and how many retries are left', () => {
    const { candidates, ...rest } = explain({ ...nobody, waiting: 3, retries: 9.7 })
    assert.deepEqual(candidates, [])
    assert.deepEqual(rest, {
      serviceName: 'users',
      revision: 7,
      known: true,
      stale: true,
      ageMs: 1_500,
      waiting: 3,
      retries: 9,
    })
  })
})
