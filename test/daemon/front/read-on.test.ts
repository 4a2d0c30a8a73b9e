import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { sleep } from '../../../src/core/abort.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { readOn } from '../../../src/daemon/front/read-on.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

/** Reads what ends as `read` says, and counts. */
function reading(t: TestContext, read: (attempt: number, clock: FakeClock) => Promise<void>) {
  const clock = new FakeClock()
  const stopping = new AbortController()
  const ends: string[] = []
  let attempts = 0
  const ended = readOn(() => read(++attempts, clock), {
    signal: stopping.signal,
    clock,
    random: seededRandom(1),
    onEnd: error => void ends.push(error.message),
  })
  t.after(() => stopping.abort())
  return { clock, ends, ended, stop: () => stopping.abort(), attempts: () => attempts }
}

describe('readOn', () => {
  it('waits longer and longer before it reads again what ends by itself at once', async t => {
    const { clock, ends, attempts } = reading(t, async () => {})
    await clock.advance(0)
    assert.equal(ends[0], 'The watch ended by itself')
    await clock.advance(60_000)
    assert.ok(attempts() < 40, `${attempts()} attempts in a minute`)
  })

  it('tells why a watch was lost, also when it could not even be opened', async t => {
    const { clock, ends } = reading(t, () => {
      throw new Error('no rights')
    })
    await clock.advance(0)
    assert.deepEqual(ends, ['no rights'])
  })

  it('begins with short waits again after a watch that went well for a while', async t => {
    const { clock, attempts } = reading(t, async (attempt, time) => {
      if (attempt === 10) await sleep(time, 5_000)
      throw new Error('lost')
    })
    while (attempts() < 10) await clock.advance(1_000)
    await clock.advance(5_100)
    assert.equal(attempts() > 10, true)
  })

  it('reads no more and tells nothing once it is stopped', async t => {
    const { clock, ends, ended, stop, attempts } = reading(t, (_, time) => sleep(time, 1_000))
    stop()
    await clock.advance(60_000)
    await ended
    assert.deepEqual([ends, attempts()], [[], 1])
  })
})
