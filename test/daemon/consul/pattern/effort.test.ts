import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Effort } from '../../../../src/daemon/consul/pattern/effort.ts'
import { PatternProblem } from '../../../../src/daemon/consul/pattern/parse-pattern.ts'

describe('Effort', () => {
  it('lets exactly as much be spent as there is, and not one step more', () => {
    const effort = new Effort()
    effort.spend(10_000_000)
    effort.spend(40_000_000)
    assert.throws(() => effort.spend(1), PatternProblem)
  })
})
