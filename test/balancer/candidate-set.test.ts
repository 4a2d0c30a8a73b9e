import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Candidate } from '../../src/balancer/candidate.ts'
import { CandidateSet, tierOf } from '../../src/balancer/candidate-set.ts'
import { leastRequests } from '../../src/balancer/least-requests.ts'
import type { Instance, InstanceStatus } from '../../src/discovery/instance.ts'
import { instanceOf } from './candidates.ts'

let set: CandidateSet<Candidate>

beforeEach(() => {
  set = new CandidateSet(instance => new Candidate(instance, leastRequests))
})

function ids(candidates: Iterable<Candidate>): string[] {
  return Array.from(candidates, each => each.instance.id)
}

function candidate(id: string): Candidate {
  const found = [...set.all].find(each => each.instance.id === id)
  assert.ok(found)
  return found
}

function withStatus(id: string, status: InstanceStatus): Instance {
  return instanceOf(id, { status })
}

describe('CandidateSet', () => {
  it('has nothing to pick from at first', () => {
    assert.deepEqual(set.best, [])
    assert.deepEqual(set.untried(new Set()), [])
  })

  it('prefers ready and unconfirmed instances to late ones, and those to suspect ones', () => {
    set.update([
      withStatus('l', 'late'),
      withStatus('r', 'ready'),
      withStatus('s', 'suspect'),
      withStatus('u', 'unconfirmed'),
    ])
    assert.deepEqual(ids(set.best), ['r', 'u'])
    set.update([withStatus('l', 'late'), withStatus('s', 'suspect')])
    assert.deepEqual(ids(set.best), ['l'])
    set.update([withStatus('s', 'suspect')])
    assert.deepEqual(ids(set.best), ['s'])
  })

  it('never offers a draining instance, not even the only one', () => {
    set.update([withStatus('d', 'draining')])
    assert.deepEqual(set.best, [])
    assert.deepEqual(set.untried(new Set()), [])
    assert.deepEqual(ids(set.all), ['d'])
  })

  it('offers an instance of weight 0 only when no other is left', () => {
    set.update([instanceOf('none', { weight: 0 }), withStatus('s', 'suspect')])
    assert.deepEqual(ids(set.best), ['s'])
    set.update([instanceOf('none', { weight: 0 })])
    assert.deepEqual(ids(set.best), ['none'])
  })

  it('offers an ejected instance last, and again as before when it is let back in', () => {
    set.update([withStatus('a', 'ready'), withStatus('s', 'suspect')])
    candidate('a').ejected = true
    set.sort()
    assert.deepEqual(ids(set.best), ['s'])
    candidate('s').ejected = true
    set.sort()
    assert.deepEqual(ids(set.best).toSorted(), ['a', 's'])
    candidate('a').ejected = false
    set.sort()
    assert.deepEqual(ids(set.best), ['a'])
  })

  it('keeps what is known of a candidate over newer sets', () => {
    set.update([withStatus('a', 'ready')])
    const before = candidate('a')
    before.begin()
    set.update([withStatus('a', 'late'), withStatus('b', 'ready')])
    assert.equal(candidate('a'), before)
    assert.equal(before.instance.status, 'late')
    assert.equal(before.pending, 1)
  })

  it('returns those that left, and begins anew with one that comes back', () => {
    set.update([withStatus('a', 'ready'), withStatus('b', 'ready')])
    const left = candidate('a')
    assert.deepEqual(set.update([withStatus('b', 'ready')]), [left])
    set.update([withStatus('a', 'ready'), withStatus('b', 'ready')])
    assert.notEqual(candidate('a'), left)
  })

  it('offers for a retry the best that were not tried, down to the last tier', () => {
    set.update([withStatus('a', 'ready'), withStatus('b', 'ready'), withStatus('s', 'suspect')])
    const tried = new Set([candidate('a')])
    assert.deepEqual(ids(set.untried(tried)), ['b'])
    tried.add(candidate('b'))
    assert.deepEqual(ids(set.untried(tried)), ['s'])
    tried.add(candidate('s'))
    assert.deepEqual(set.untried(tried), [])
  })

  it('gives each as many slots as its weight says', () => {
    set.update([instanceOf('a', { weight: 1 }), instanceOf('b', { weight: 2 })])
    assert.deepEqual(ids(set.best), ['b', 'a', 'b'])
  })

  it('never offers what is draining or tried, and always offers something while something is left', () => {
    fc.assert(fc.property(fc.array(anyMember, { maxLength: 12 }), offersRightly))
  })
})

interface Member {
  status: InstanceStatus
  weight: number
  ejected: boolean
  tried: boolean
}

const anyMember = fc.record<Member>({
  status: fc.constantFrom('ready', 'unconfirmed', 'late', 'suspect', 'draining'),
  weight: fc.integer({ min: 0, max: 3 }),
  ejected: fc.boolean(),
  tried: fc.boolean(),
})

function offersRightly(members: Member[]): void {
  set.update(members.map(({ status, weight }, index) => instanceOf(`${index}`, { status, weight })))
  const tried = new Set<Candidate>()
  for (const [index, member] of members.entries()) {
    candidate(`${index}`).ejected = member.ejected
    if (member.tried) tried.add(candidate(`${index}`))
  }
  set.sort()
  const left = members.filter(member => member.status !== 'draining' && !member.tried)
  const offered = set.untried(tried)
  assert.equal(offered.length > 0, left.length > 0)
  assert.ok(offered.every(each => !tried.has(each) && tierOf(each) === tierOf(offered[0] as Candidate)))
  assert.equal(
    set.best.length > 0,
    members.some(member => member.status !== 'draining'),
  )
}
