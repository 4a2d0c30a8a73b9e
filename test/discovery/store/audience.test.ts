import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Audience } from '../../../src/discovery/store/audience.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

const watcher = { name: 'w', acknowledges: true, onChange: () => {} }
const drain = { revision: 5, drainMs: 5_000, quietMs: 1_000 }

describe('Audience', () => {
  it('takes one that begins now to work with the present, and one that resumes with what it says', () => {
    const audience = new Audience(new FakeClock())
    assert.equal(audience.join(watcher, 4).acknowledged, 4)
    assert.equal(audience.join({ ...watcher, revision: 2 }, 4).acknowledged, 2)
  })

  it('never lets an acknowledgement go back', () => {
    const audience = new Audience(new FakeClock())
    const one = audience.join(watcher, 4)
    audience.acknowledge(one, 3)
    assert.equal(one.acknowledged, 4)
  })

  it('waits in a drain for those who watch, until they acknowledge or leave', async () => {
    const audience = new Audience(new FakeClock())
    const [one, other] = [audience.join(watcher, 4), audience.join(watcher, 4)]
    const report = audience.drain(drain)
    audience.acknowledge(one, 5)
    audience.leave(other)
    assert.deepEqual(await report, { acknowledged: true, watchers: 2, missing: [], tookMs: 0 })
  })

  it('does not wait for one that began after the mark', async () => {
    const audience = new Audience(new FakeClock())
    audience.join(watcher, 5)
    assert.equal((await audience.drain(drain)).watchers, 0)
  })

  it('gives the quiet period to a lost watcher instead of waiting for it', async () => {
    const clock = new FakeClock()
    const audience = new Audience(clock)
    const lost = audience.join(watcher, 4)
    const report = audience.drain(drain)
    await clock.advance(300)
    audience.lose(lost, 3_000)
    await clock.advance(1_000)
    assert.deepEqual(await report, { acknowledged: true, watchers: 1, missing: [], tookMs: 1_300 })
  })

  it('gives the quiet period for a watcher lost shortly before, and none when that is long ago', async () => {
    const clock = new FakeClock()
    const audience = new Audience(clock)
    audience.lose(audience.join(watcher, 4), 3_000)
    const soon = audience.drain(drain)
    await clock.advance(1_000)
    assert.equal((await soon).tookMs, 1_000)
    await clock.advance(2_000)
    assert.equal((await audience.drain(drain)).tookMs, 0)
  })

  it('gives the quiet period to watchers that do not acknowledge and to those who poll', async () => {
    const clock = new FakeClock()
    for (const audience of [new Audience(clock), new Audience(clock)]) {
      const stream = audience.join({ ...watcher, acknowledges: false }, 4)
      const report = audience.drain(drain)
      await clock.advance(1_000)
      assert.equal((await report).tookMs, 1_000)
      audience.leave(stream)
      audience.polled()
      const polled = audience.drain(drain)
      await clock.advance(1_000)
      assert.equal((await polled).tookMs, 1_000)
    }
  })

  it('does not wait anew for those who poll while it waits', async () => {
    const clock = new FakeClock()
    const audience = new Audience(clock)
    audience.polled()
    const report = audience.drain(drain)
    await clock.advance(900)
    audience.polled()
    await clock.advance(100)
    assert.equal((await report).tookMs, 1_000)
  })

  it('gives those who poll a longer quiet period if they ask for it, as long as they were heard of shortly before', async () => {
    const clock = new FakeClock()
    const audience = new Audience(clock)
    audience.polled(3_000)
    audience.polled()
    audience.polled(2_000)
    const report = audience.drain(drain)
    await clock.advance(3_000)
    assert.equal((await report).tookMs, 3_000)
    await clock.advance(29_000)
    audience.polled()
    const usual = audience.drain(drain)
    await clock.advance(1_000)
    assert.equal((await usual).tookMs, 1_000)
  })

  it('counts with those who poll for as long as they may go by what they read', async () => {
    const clock = new FakeClock()
    const audience = new Audience(clock)
    audience.polled(62_000)
    await clock.advance(61_000)
    const report = audience.drain({ ...drain, drainMs: 100_000 })
    await clock.advance(62_000)
    assert.equal((await report).tookMs, 62_000)
    assert.equal((await audience.drain(drain)).tookMs, 0)
  })

  it('is idle when nobody watches and nothing waits', async () => {
    const audience = new Audience(new FakeClock())
    const one = audience.join(watcher, 4)
    const report = audience.drain(drain)
    assert.equal(audience.idle, false)
    audience.leave(one)
    await report
    assert.equal(audience.idle, true)
  })
})
