import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Candidate } from '../../src/balancer/candidate.ts'
import { instanceOf } from './candidates.ts'

describe('Candidate', () => {
  it('counts its requests in flight and tells its Load of each that is over', () => {
    const heard: [number, boolean][] = []
    const load = {
      cost: (pending: number) => pending,
      heard: (...outcome: [number, boolean]) => void heard.push(outcome),
    }
    const candidate = new Candidate(instanceOf('a'), load)
    candidate.begin()
    candidate.begin()
    candidate.end(12, false)
    assert.equal(candidate.pending, 1)
    candidate.end(30, true)
    assert.equal(candidate.pending, 0)
    assert.deepEqual(heard, [
      [12, false],
      [30, true],
    ])
  })
})
