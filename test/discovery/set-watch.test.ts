import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { events, ids, startResolver } from './started-resolver.ts'

describe('SetWatch', () => {
  it('goes on with the last good set when the watch fails, and opens it again with a backoff', async t => {
    const heard = events(t)
    const { clock, registry, resolver } = await startResolver(t)
    registry.newest.push({ ids: ['a'] })
    registry.newest.push(new Error('broken pipe'))
    await clock.settle()
    assert.deepEqual([ids(resolver), resolver.set.stale, registry.watches.length], ['a', true, 1])
    await clock.advance(100)
    assert.equal(registry.watches.length, 2)
    assert.equal(resolver.set.ageMs, 100)
    registry.newest.push({ ids: ['a', 'b'], revision: 2 })
    await clock.settle()
    assert.deepEqual([ids(resolver), resolver.set.stale], ['a,b', false])
    assert.ok(heard.some(({ event }) => event === 'resolver.lost'))
  })

  it('goes on when a watch ends by itself', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    registry.newest.push({ ids: ['a'] })
    registry.newest.push('end')
    await clock.advance(100)
    assert.deepEqual([ids(resolver), registry.watches.length], ['a', 2])
  })

  it('opens a silent watch again, and closes the old one only when the new one has answered', async t => {
    const { clock, registry, resolver } = await startResolver(t, { silenceMs: 60_000 })
    registry.newest.push({ ids: ['a'] })
    await clock.advance(60_000)
    const [silent, fresh] = registry.watches
    assert.deepEqual([registry.watches.length, silent!.closed], [2, false])
    fresh!.push({ ids: ['a', 'b'], revision: 3 })
    await clock.settle()
    assert.deepEqual([ids(resolver), silent!.closed, fresh!.closed], ['a,b', true, false])
    fresh!.push({ ids: ['b'], revision: 4 })
    await clock.settle()
    assert.equal(ids(resolver), 'b')
  })

  it('calls its set stale when a watch that was opened again does not answer either', async t => {
    const { clock, registry, resolver } = await startResolver(t, { silenceMs: 60_000 })
    registry.newest.push({ ids: ['a'] })
    await clock.advance(70_000)
    assert.deepEqual([ids(resolver), resolver.set.stale], ['a', true])
    assert.ok(registry.watches.every(({ closed }) => closed))
  })
})
