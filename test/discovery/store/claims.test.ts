import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Claims } from '../../../src/discovery/store/claims.ts'
import { Owner } from '../../../src/discovery/store/owner.ts'
import { Rosters } from '../../../src/discovery/store/rosters.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from './instances.ts'

function claimsInHand() {
  const clock = new FakeClock()
  const rosters = new Rosters({ clock, revision: 0, settled: true, graceMs: 0, quietMs: 0, defer: () => {} })
  const told: string[] = []
  const claims = new Claims({
    rosters,
    journal: {
      written: ({ number }) => told.push(`${number} written`),
      removed: ({ number }) => told.push(`${number} removed`),
    },
    onReleased: ({ id }) => told.push(`${id} released`),
  })
  const owner = (id: string) =>
    new Owner(
      { id, name: id, onLost: ({ number }, cause) => told.push(`${number} ${cause}`) },
      { kind: 'session', now: 0 },
    )
  return { claims, rosters, owner, told: () => told.splice(0) }
}

describe('Claims', () => {
  it('enter the rosters, the journal and their owner alike', () => {
    const { claims, rosters, owner, told } = claimsInHand()
    const one = owner('one')
    const claim = claims.enter(one, users('a'), 1_000)
    assert.deepEqual([claims.count, [...one.claims], rosters.find('users', 'a')], [1, [claim], claim])
    assert.deepEqual(told(), ['1 written'])
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
