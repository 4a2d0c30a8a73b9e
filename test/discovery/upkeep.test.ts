import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../src/core/random.ts'
import { remove, startRegistrant } from './started-registrant.ts'

describe('Upkeep', () => {
  it('waits for a registration under way, and then takes it back', async t => {
    const { covers, registrant, registry, listed, clock } = await startRegistrant(t)
    covers.status = 'failed'
    await clock.advance(200)
    const answer = registry.hold('register')
    covers.status = 'ready'
    await clock.advance(200)
    const stopped = registrant.stop()
    await clock.settle()
    assert.equal(listed().length, 1)
    answer()
    await stopped
    assert.deepEqual(listed(), [])
    assert.deepEqual(registry.log.slice(-6), ['+register', '-register', '+drain', '-drain', '+revoke', '-revoke'])
  })

  it('revokes a registration whose answer arrives after it has stopped', async t => {
    const { covers, registrant, registry, listed, clock } = await startRegistrant(t)
    covers.status = 'failed'
    await clock.advance(200)
    const answer = registry.hold('register')
    covers.status = 'ready'
    await clock.advance(200)
    const stopped = registrant.stop()
    await clock.advance(2000)
    await stopped
    assert.equal(listed().length, 1)
    answer()
    await clock.settle()
    assert.deepEqual(listed(), [])
  })

  it('never has two calls for one claim under way, and ends deregistered, whatever happens at the same time', async t => {
    for (let round = 0; round < 50; round++) {
      const { covers, registrant, registry, store, listed, clock } = await startRegistrant(t, {
        ttlMs: 1000,
        random: seededRandom(round),
      })
      const chance = seededRandom(round)
      for (let step = 0; step < 10; step++) {
        const what = Math.floor(chance.next() * 5)
        if (what === 0) covers.status = 'failed'
        if (what === 1) covers.status = 'ready'
        if (what === 2) void registrant.update({ weight: step })
        if (what === 3) remove(store, registrant.id)
        if (what === 4) registry.hold('renew')
        await clock.advance(chance.next() * 300)
      }
      const stopped = registrant.stop()
      await clock.advance(2000)
      await stopped
      await clock.advance(5000)
      assert.deepEqual(listed(), [], `round ${round}`)
      for (let at = 0; at + 1 < registry.log.length; at += 2) {
        assert.equal(
          registry.log[at]!.replace('+', '-'),
          registry.log[at + 1],
          `round ${round}: ${registry.log.join(' ')}`,
        )
      }
    }
  })

  it('registers again at once what was lost, however long calls had failed before', async t => {
    const { registry, store, registrant, listed, clock } = await startRegistrant(t, { ttlMs: 60_000 })
    registry.error = new Error('away')
    await clock.advance(55_000)
    registry.error = undefined
    remove(store, registrant.id)
    await clock.advance(200)
    assert.equal(listed().length, 1)
  })
})
