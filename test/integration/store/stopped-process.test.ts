import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Store } from '../../../src/discovery/store/store.ts'
import { users } from '../../discovery/store/instances.ts'
import { StoppableClock } from '../../discovery/store/stoppable-clock.ts'

const TTL_MS = 1_000

function stoppable(clock = new StoppableClock()) {
  const { leases, rosters } = new Store({ clock })
  return { clock, leases, statusesNow: () => rosters.set('users').instances.map(({ status }) => status) }
}

describe('Leases of a process that was stopped', () => {
  it('counts nobody out for a time in which this process itself slept', () => {
    const { clock, leases, statusesNow } = stoppable()
    leases.register(leases.connect({ id: 'one', name: 'one' }), users('a'), TTL_MS)
    leases.register(leases.timed({ id: 'curl', name: 'curl' }), users('b'), TTL_MS)
    clock.stop(60_000)
    assert.deepEqual(statusesNow(), ['ready', 'ready'])
  })

  it('gives nobody more than the TTL who was heard of before it noticed that it had slept', () => {
    const { clock, leases, statusesNow } = stoppable()
    const owner = leases.connect({ id: 'one', name: 'one' })
    leases.register(owner, users('a'), TTL_MS)
    clock.stop(60_000, () => leases.renew(owner))
    clock.run(TTL_MS)
    assert.deepEqual(statusesNow(), ['late'])
  })

  it('excuses silence for a TTL in all, and one sleep more, when this process sleeps again and again', () => {
    const { clock, leases, statusesNow } = stoppable()
    leases.register(leases.connect({ id: 'one', name: 'one' }), users('a'), 10_000)
    leases.register(leases.timed({ id: 'curl', name: 'curl' }), users('b'), 10_000)
    for (let sleeps = 0; sleeps < 8; sleeps++) clock.stop(2_500)
    assert.deepEqual(statusesNow(), ['late'])
    for (let sleeps = 0; sleeps < 9; sleeps++) clock.stop(2_500)
    assert.deepEqual(statusesNow(), [])
  })

  it('excuses the silence of who was heard of since as at first', () => {
    const { clock, leases, statusesNow } = stoppable()
    const owner = leases.connect({ id: 'one', name: 'one' })
    leases.register(owner, users('a'), TTL_MS)
    for (let sleeps = 0; sleeps < 5; sleeps++) {
      clock.stop(60_000)
      assert.deepEqual(statusesNow(), ['ready'])
      leases.renew(owner)
    }
  })

  it('takes out who was away for the grace, however often this process sleeps meanwhile', () => {
    const { clock, leases, statusesNow } = stoppable()
    const owner = leases.connect({ id: 'one', name: 'one' })
    leases.register(owner, users('a'), TTL_MS)
    leases.disconnect(owner)
    for (let sleeps = 0; sleeps < 5; sleeps++) clock.stop(2_500)
    assert.deepEqual(statusesNow(), [])
  })
})
