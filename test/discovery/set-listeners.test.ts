import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { events, startResolver } from './started-resolver.ts'

describe('SetListeners', () => {
  it('acknowledges after the limit when a listener never finishes, and says so', async t => {
    const heard = events(t)
    const { clock, registry, resolver } = await startResolver(t, { listenerMs: 200 })
    resolver.onChange(() => new Promise(() => {}))
    registry.newest.push({ ids: ['a'] })
    await clock.advance(199)
    assert.equal(registry.newest.acknowledged, 0)
    await clock.advance(1)
    assert.equal(registry.newest.acknowledged, 1)
    assert.ok(heard.some(({ event }) => event === 'resolver.listener-slow'))
  })

  it('is not hindered by listeners that throw or reject, and says so', async t => {
    const heard = events(t)
    const { clock, registry, resolver } = await startResolver(t)
    resolver.onChange(() => {
      throw new Error('thrown')
    })
    resolver.onChange(() => Promise.reject(new Error('rejected')))
    registry.newest.push({ ids: ['a'] })
    await clock.settle()
    assert.equal(registry.newest.acknowledged, 1)
    assert.equal(heard.filter(({ event }) => event === 'resolver.listener-failed').length, 2)
  })
})
