import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Heartbeat } from '../../../src/adapters/consul/heartbeat.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

function heartbeat(beat: () => Promise<void>) {
  const clock = new FakeClock()
  const missed: Error[] = []
  const options = { clock, random: seededRandom(1), beat, onMissed: (error: Error) => missed.push(error) }
  return { clock, missed, heartbeat: new Heartbeat(options) }
}

describe('Heartbeat', () => {
  it('beats while anybody holds it, once for all', async () => {
    let beats = 0
    const { clock, heartbeat: heart } = heartbeat(async () => void beats++)
    await clock.advance(10_000)
    assert.equal(beats, 0)
    const [one, other] = [heart.hold(), heart.hold()]
    await clock.advance(30_000)
    assert.ok(beats >= 8 && beats <= 12, `${beats} beats`)
    one[Symbol.dispose]()
    const before = beats
    await clock.advance(30_000)
    assert.ok(beats > before)
    other[Symbol.dispose]()
    const after = beats
    await clock.advance(30_000)
    assert.deepEqual([beats, clock.pending], [after, 0])
    using _ = heart.hold()
    await clock.advance(30_000)
    assert.ok(beats > after)
    heart.stop()
  })

  it('tells of each beat that is missed, and beats on', async () => {
    const failure = new Error('no answer')
    const { clock, missed, heartbeat: heart } = heartbeat(() => Promise.reject(failure))
    using _ = heart.hold()
    await clock.advance(12_000)
    assert.ok(missed.length >= 2)
    assert.equal(missed[0], failure)
    heart.stop()
  })

  it('says nothing of a beat that is missed after it was stopped', async () => {
    const answer = Promise.withResolvers<void>()
    const { clock, missed, heartbeat: heart } = heartbeat(() => answer.promise)
    using _ = heart.hold()
    await clock.advance(5_000)
    heart.stop()
    answer.reject(new Error('closed'))
    await clock.settle()
    assert.deepEqual(missed, [])
  })
})
