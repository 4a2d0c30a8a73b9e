import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isLive, judge } from '../../../src/discovery/store/verdict.ts'
import { claimOf, users } from './instances.ts'

const at = (now: number) => ({ now, graceMs: 3_000 })

describe('judge', () => {
  it('finds a connected claim ready for its TTL, then late up to three times its TTL, then lapsed', () => {
    const claim = claimOf(users('a'))
    assert.deepEqual(judge(claim, at(999)), { status: 'ready', until: 1_000 })
    assert.deepEqual(judge(claim, at(1_000)), { status: 'late', until: 3_000 })
    assert.deepEqual(judge(claim, at(3_000)), { status: 'gone', cause: 'lapsed' })
  })

  it('finds a timed claim ready for its TTL, then lapsed', () => {
    const claim = claimOf(users('a'), { kind: 'timed' })
    assert.deepEqual(judge(claim, at(999)), { status: 'ready', until: 1_000 })
    assert.deepEqual(judge(claim, at(1_000)), { status: 'gone', cause: 'lapsed' })
  })

  it('finds a disconnected claim suspect for the grace, whatever its TTL', () => {
    const claim = claimOf(users('a'), { ttlMs: 100 })
    Object.assign(claim.owner, { presence: 'disconnected', awaySince: 500 })
    assert.deepEqual(judge(claim, at(3_499)), { status: 'suspect', until: 3_500 })
    assert.deepEqual(judge(claim, at(3_500)), { status: 'gone', cause: 'disconnected' })
  })

  it('finds an unconfirmed claim unconfirmed for the grace or its TTL, whichever is longer', () => {
    const short = claimOf(users('a'), { ttlMs: 100 })
    const long = claimOf(users('b'), { ttlMs: 15_000 })
    short.owner.presence = long.owner.presence = 'unconfirmed'
    assert.deepEqual(judge(short, at(3_000)), { status: 'gone', cause: 'forgotten' })
    assert.deepEqual(judge(long, at(3_000)), { status: 'unconfirmed', until: 15_000 })
    assert.deepEqual(judge(long, at(15_000)), { status: 'gone', cause: 'forgotten' })
  })

  it('shows a claim that drains as draining for the same time', () => {
    const claim = { ...claimOf(users('a')), drainRevision: 7 }
    assert.deepEqual(judge(claim, at(999)), { status: 'draining', until: 1_000 })
    assert.deepEqual(judge(claim, at(1_500)), { status: 'draining', until: 3_000 })
    assert.deepEqual(judge(claim, at(3_000)), { status: 'gone', cause: 'lapsed' })
  })
})

describe('isLive', () => {
  it('holds for owners that show every sign of life they have', () => {
    const live = claimOf(users('a'))
    const late = claimOf(users('a', { status: 'late' }))
    const suspect = claimOf(users('a'))
    suspect.owner.presence = 'disconnected'
    const restored = claimOf(users('a'))
    restored.owner.presence = 'unconfirmed'
    assert.deepEqual([live, claimOf(users('a'), { kind: 'timed' }), late, suspect, restored].map(isLive), [
      true,
      true,
      false,
      false,
      false,
    ])
  })
})
