import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe } from '../../../../src/core/event.ts'
import { WaitingPlaces } from '../../../../src/daemon/consul/live/waiting-places.ts'
import { FakeClock } from '../../../../src/testing/fake-clock.ts'

/** Takes places for an address until it is refused, or has as many as wanted; how many it got, and how to give each back. */
function takeAll(places: WaitingPlaces, address: string | undefined, wanted = Infinity) {
  const taken: (() => void)[] = []
  try {
    while (taken.length < wanted) taken.push(places.take(address))
  } catch (error) {
    assert.equal((error as { status?: number }).status, 429)
  }
  return taken
}

describe('WaitingPlaces', () => {
  it('give one client 25,000 of 50,000, and others what is left in the same way, whatever it wants', () => {
    const places = new WaitingPlaces(new FakeClock())
    const counts = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(address => takeAll(places, address).length)
    assert.deepEqual(counts, [25_000, 12_500, 6_250])
    assert.equal(takeAll(places, '10.0.0.1').length, 0)
  })

  it('are all for use when each of many clients wants few', () => {
    const places = new WaitingPlaces(new FakeClock())
    let taken = 0
    for (let client = 0; client < 50_000; client++)
      taken += takeAll(places, `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`, 1).length
    assert.equal(taken, 50_000)
    assert.throws(() => places.take('10.9.9.9'), {
      status: 429,
      message: /0 of 10\.9\.9\.9; 0 of 50000 places are free/,
    })
  })

  it('are for others again when they are given back', () => {
    const places = new WaitingPlaces(new FakeClock(), { max: 4 })
    const [first, second] = takeAll(places, '10.0.0.1')
    assert.deepEqual([first !== undefined, second !== undefined], [true, true])
    first?.()
    assert.equal(takeAll(places, '10.0.0.1').length, 1)
    second?.()
    assert.equal(takeAll(places, '10.0.0.2').length, 2)
  })

  it('are counted by networks of 64 bits of IPv6, and together for all who have no address', () => {
    for (const [one, other] of [
      ['2001:db8::1', '2001:db8::2'],
      ['::ffff:10.0.0.1', '10.0.0.1'],
      [undefined, undefined],
    ]) {
      const places = new WaitingPlaces(new FakeClock(), { max: 4 })
      assert.deepEqual([takeAll(places, one).length, takeAll(places, other).length], [2, 0])
      assert.equal(takeAll(places, '10.0.0.2').length, 1)
    }
  })

  it('are told to be too few once a minute', async t => {
    const clock = new FakeClock()
    const places = new WaitingPlaces(clock, { max: 2 })
    const told: string[] = []
    t.after(observe('daemon', ({ event, message }) => void (event === 'query.refused' && told.push(message))))
    takeAll(places, '10.0.0.1')
    for (let count = 0; count < 3; count++) takeAll(places, '10.0.0.1')
    assert.deepEqual([told.length, /: 1 of 10\.0\.0\.1; 1 of 2 places are free/.test(told[0] ?? '')], [1, true])
    await clock.advance(60_000)
    takeAll(places, '10.0.0.1')
    assert.equal(told.length, 2)
  })
})
