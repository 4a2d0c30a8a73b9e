import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TtlChecks } from '../../../../src/daemon/consul/checks/ttl-checks.ts'
import { StoppableClock } from '../../../discovery/store/stoppable-clock.ts'

function oneCheck() {
  const clock = new StoppableClock()
  const expired: string[] = []
  const checks = new TtlChecks(clock, checkId => expired.push(checkId))
  checks.start('c', 10_000)
  return { clock, expired, checks }
}

describe('TtlChecks', () => {
  it('excuses a silence in which this process itself slept', () => {
    const { clock, expired } = oneCheck()
    clock.stop(60_000)
    assert.deepEqual(expired, [])
  })

  it('excuses it for a TTL in all, anew each time it is told', () => {
    const { clock, expired, checks } = oneCheck()
    for (let sleeps = 0; sleeps < 7; sleeps++) clock.stop(2_500)
    checks.heard('c')
    for (let sleeps = 0; sleeps < 7; sleeps++) clock.stop(2_500)
    assert.deepEqual(expired, [])
    clock.stop(2_500)
    assert.deepEqual(expired, ['c'])
  })
})
