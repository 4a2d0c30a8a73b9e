import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Claims } from '../../../src/discovery/store/claims.ts'
import { instanceBytes } from '../../../src/discovery/store/instance-bytes.ts'
import { STORE_LIMITS, StoreLimitError } from '../../../src/discovery/store/limits.ts'
import type { Memory } from '../../../src/discovery/store/memory.ts'
import { Owner } from '../../../src/discovery/store/owner.ts'
import { Rosters } from '../../../src/discovery/store/rosters.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from './instances.ts'

function claimsInHand(memory?: Memory) {
  const clock = new FakeClock()
  const rosters = new Rosters({ clock, revision: 0, settled: true, graceMs: 0, quietMs: 0, defer: () => {}, memory })
  const told: string[] = []
  const claims = new Claims({
    rosters,
    journal: {
      written: ({ number }) => told.push(`${number} written`),
      removed: ({ number }) => told.push(`${number} removed`),
    },
    onReleased: ({ owner }) => told.push(`${owner.id} released`),
  })
  const owner = (id: string) =>
    new Owner(
      { id, name: id, onLost: ({ number }, cause) => told.push(`${number} ${cause}`) },
      { kind: 'session', now: 0 },
    )
  return { claims, rosters, owner, told: () => told.splice(0) }
}

function refuse(): never {
  throw new StoreLimitError('bytes of memory', 1)
}

describe('Claims', () => {
  it('enter the rosters, the journal and their owner alike', () => {
    const { claims, rosters, owner, told } = claimsInHand()
    const one = owner('one')
    const claim = claims.enter(one, users('a'), 1_000)
    assert.deepEqual([claims.count, [...one.claims], rosters.find('users', 'a')], [1, [claim], claim])
    assert.deepEqual(told(), ['1 written'])
  })

  it('of before a restart share what the instances of a service have in common', () => {
    const { claims, owner } = claimsInHand()
    const one = owner('one')
    const [first, second] = ['a', 'b'].map((id, at) =>
      claims.restore(one, { number: at + 1, instance: users(id, { tags: ['blue'] }), ttlMs: 1_000, draining: false }),
    )
    assert.equal(second?.instance.tags, first?.instance.tags)
  })

  it('are not entered and do not grow where there is no memory, but may become smaller', () => {
    const memory = { isFull: false, requireRoom: () => assert.ok(!memory.isFull || refuse()) }
    const { claims, owner } = claimsInHand(memory)
    const one = owner('one')
    const claim = claims.enter(one, users('a', { tags: ['blue'] }), 1_000)
    memory.isFull = true
    assert.throws(() => claims.enter(one, users('b'), 1_000), StoreLimitError)
    assert.throws(() => claims.update(claim, users('a', { tags: ['blue', 'large'] })), StoreLimitError)
    assert.throws(() => claims.rewrite(claim, users('a', { tags: ['blue', 'large'] }), 1_000), StoreLimitError)
    claims.rewrite(claim, users('a', { tags: ['blue'] }), 1_000)
    claims.update(claim, users('a', { tags: ['red'] }))
    claims.markDraining(claim)
    assert.throws(() => claims.enter(owner('two'), users('a', { tags: ['large'] }), 1_000), StoreLimitError)
    const other = claims.enter(owner('two'), users('a', { tags: ['red'] }), 1_000)
    assert.equal(claim.gone, true)
    const vouched = new Owner({ id: 'v', name: 'v' }, { kind: 'vouched', now: 0 })
    claims.enter(vouched, users('c'), 1_000)
    claims.remove(other, 'revoked')
    assert.equal(claims.count, 1)
  })

  it('of one service take no more bytes than its set may have in a message, however they come to it', () => {
    const { claims, owner } = claimsInHand()
    const one = owner('one')
    const metadata = { filling: 'x'.repeat(65_000) }
    const count = Math.floor(STORE_LIMITS.serviceBytes / instanceBytes(users('10000', { metadata })))
    const entered = Array.from({ length: count }, (_, at) =>
      claims.enter(one, users(`${10_000 + at}`, { metadata }), 1),
    )
    const small = claims.enter(one, users('small'), 1)
    const [first] = entered
    assert.ok(first)
    assert.throws(() => claims.enter(one, users('b', { metadata }), 1), StoreLimitError)
    assert.throws(() => claims.update(small, users('small', { metadata })), StoreLimitError)
    assert.throws(() => claims.rewrite(small, users('small', { metadata }), 1), StoreLimitError)
    claims.update(first, users('10000'))
    claims.update(small, users('small', { metadata }))
    claims.remove(small, 'revoked')
    claims.enter(owner('two'), users('10001', { metadata }), 1)
    claims.enter(one, users('b', { metadata }), 1)
    assert.throws(() => claims.enter(one, users('c', { metadata }), 1), StoreLimitError)
  })

  it('leave all of them, once', () => {
    const { claims, rosters, owner, told } = claimsInHand()
    const one = owner('one')
    const claim = claims.enter(one, users('a'), 1_000)
    told()
    assert.deepEqual([claims.remove(claim, 'lapsed'), claims.remove(claim, 'lapsed')], [true, false])
    assert.deepEqual([claims.count, one.claims.size, rosters.find('users', 'a'), claim.gone], [0, 0, undefined, true])
    assert.deepEqual(told(), ['1 removed', 'one released'])
  })

  it('take the place of a former one of the same id, whose owner is told', () => {
    const { claims, rosters, owner, told } = claimsInHand()
    claims.enter(owner('one'), users('a'), 1_000)
    told()
    const claim = claims.enter(owner('two'), users('a'), 1_000)
    assert.deepEqual([claims.count, rosters.find('users', 'a')], [1, claim])
    assert.deepEqual(told(), ['1 removed', 'one released', '1 replaced', '2 written'])
    assert.equal(rosters.history('users').at(-1)?.kind, 'replaced')
  })

  it('change nothing when they are written anew as they are', () => {
    const { claims, rosters, owner } = claimsInHand()
    const claim = claims.enter(owner('one'), users('a'), 1_000)
    claims.rewrite(claim, users('a'), 2_000)
    assert.deepEqual([rosters.revision, claim.ttlMs], [1, 2_000])
  })

  it('come back from before a restart unconfirmed, or draining as they were, and are not written again', () => {
    const { claims, owner, told } = claimsInHand()
    const record = { number: 7, instance: users('a'), ttlMs: 1_000, draining: false }
    const claim = claims.restore(owner('one'), record)
    const drained = claims.restore(owner('one'), { ...record, number: 5, instance: users('b'), draining: true })
    assert.deepEqual([claim.instance.status, drained.instance.status], ['unconfirmed', 'draining'])
    assert.ok(drained.drainRevision > 0)
    assert.deepEqual(told(), [])
    assert.equal(claims.enter(owner('two'), users('c'), 1_000).number, 8)
  })

  it('are marked draining once', () => {
    const { claims, owner, told } = claimsInHand()
    const claim = claims.enter(owner('one'), users('a'), 1_000)
    told()
    claims.markDraining(claim)
    const { drainRevision } = claim
    claims.markDraining(claim)
    assert.deepEqual([claim.drainRevision, told()], [drainRevision, ['1 written']])
  })
})
