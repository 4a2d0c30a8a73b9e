import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RegistryUnavailableError } from '../../src/discovery/errors.ts'
import type { InstanceSet } from '../../src/discovery/instance-set.ts'
import { instance } from './scripted-registry.ts'
import { ids, startResolver } from './started-resolver.ts'

describe('Resolver', () => {
  it('answers from the newest set it was given', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    assert.equal(resolver.set.revision, 0)
    registry.newest.push({ ids: ['a', 'b'], revision: 4 })
    await clock.settle()
    assert.deepEqual([ids(resolver), resolver.set.revision, resolver.set.stale], ['a,b', 4, false])
    assert.equal(registry.newest.serviceName, 'users')
  })

  it('shows a set before it tells listeners, and acknowledges it when they are done', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    const use = Promise.withResolvers<void>()
    const seen: string[] = []
    resolver.onChange(set => {
      seen.push(`${set.revision} ${ids(resolver)}`)
      return use.promise
    })
    registry.newest.push({ ids: ['a'] })
    await clock.settle()
    assert.deepEqual([seen, registry.newest.acknowledged], [['1 a'], 0])
    use.resolve()
    await clock.settle()
    assert.equal(registry.newest.acknowledged, 1)
  })

  it('tells listeners of a change of the set or of its worth, not of the same again, and not after they left', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    const seen: string[] = []
    const leave = resolver.onChange(set => void seen.push(`${set.revision}${set.stale ? ' stale' : ''}`))
    registry.newest.push({ ids: ['a'] })
    registry.newest.push({ ids: ['a'], revision: 2 })
    registry.newest.push({ ids: ['a'], revision: 2, stale: true })
    registry.newest.push({ ids: ['a'], revision: 2 })
    await clock.settle()
    leave()
    registry.newest.push({ ids: [], revision: 3 })
    await clock.settle()
    assert.deepEqual(seen, ['1', '2 stale', '2'])
  })

  it('is never shrunk by a registry that restarted with nothing, until that has settled', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    registry.newest.push({ ids: ['a', 'b', 'c'], revision: 9 })
    registry.newest.push({ ids: ['a', 'b', 'c'], revision: 9, stale: true })
    registry.newest.push({ ids: [], revision: 10, known: false, settled: false })
    await clock.settle()
    assert.equal(ids(resolver), 'a:unconfirmed,b:unconfirmed,c:unconfirmed')
    registry.newest.push({ ids: ['b'], revision: 11, settled: false })
    await clock.settle()
    assert.equal(ids(resolver), 'a:unconfirmed,b,c:unconfirmed')
    registry.newest.push({ ids: ['b', 'c'], revision: 12 })
    await clock.settle()
    assert.equal(ids(resolver), 'b,c')
  })

  it('keeps what a registry never vouched to be gone no longer than the limit, counted while it can be reached', async t => {
    const { clock, registry, resolver } = await startResolver(t, { retainMs: 1000 })
    registry.newest.push({ ids: ['a', 'b'] })
    registry.newest.push({ ids: ['b'], revision: 2, settled: false })
    await clock.advance(900)
    registry.newest.push({ ids: ['b'], revision: 2, settled: false, stale: true })
    await clock.advance(5000)
    assert.equal(ids(resolver), 'a:unconfirmed,b')
    registry.newest.push({ ids: ['b'], revision: 2, settled: false })
    await clock.advance(999)
    assert.equal(ids(resolver), 'a:unconfirmed,b')
    const changes: InstanceSet[] = []
    resolver.onChange(set => void changes.push(set))
    await clock.advance(1)
    assert.deepEqual([ids(resolver), changes.length], ['b', 1])
  })

  it('is stopped with its watch closed and no timer left, stale, and starts again', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    registry.newest.push({ ids: ['a'] })
    await clock.settle()
    await resolver.stop()
    assert.deepEqual([ids(resolver), resolver.set.stale, registry.newest.closed, clock.pending], ['a', true, true, 0])
    await resolver.start()
    await clock.settle()
    registry.newest.push({ ids: ['b'], revision: 2 })
    await clock.settle()
    assert.deepEqual([ids(resolver), resolver.set.stale], ['b', false])
  })
})

describe('Resolver.ready', () => {
  it('waits for the first word of the registry', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    const ready = resolver.ready()
    await clock.settle()
    registry.newest.push({ ids: [], revision: 1, known: false })
    assert.deepEqual([(await ready).known, (await ready).revision], [false, 1])
  })

  it('rejects when the registry never says a word', async t => {
    const { clock, resolver } = await startResolver(t)
    const ready = assert.rejects(resolver.ready(), RegistryUnavailableError)
    await clock.advance(5000)
    await ready
  })

  it('resolves at once when an instance takes work', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    registry.newest.push({ ids: ['a'] })
    await clock.settle()
    assert.equal((await resolver.ready({ waitMs: 1000 })).instances.length, 1)
    assert.equal(clock.pending, 1)
  })

  it('waits up to waitMs for an instance that takes work, draining ones do not', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    registry.newest.push({ instances: [instance('a', { status: 'draining' })] })
    const ready = resolver.ready({ waitMs: 1000 })
    await clock.advance(500)
    registry.newest.push({ ids: ['b'], revision: 2 })
    assert.equal((await ready).revision, 2)
  })

  it('resolves with what there is when waitMs are over', async t => {
    const { clock, registry, resolver } = await startResolver(t)
    registry.newest.push({ ids: [] })
    const ready = resolver.ready({ waitMs: 1000 })
    await clock.advance(1000)
    assert.deepEqual((await ready).instances, [])
  })

  it('rejects with the reason of its signal', async t => {
    const { clock, resolver } = await startResolver(t)
    const controller = new AbortController()
    const reason = new Error('given up')
    const ready = assert.rejects(resolver.ready({ signal: controller.signal }), reason)
    controller.abort(reason)
    await ready
    await clock.settle()
    assert.equal(clock.pending, 1)
  })
})

describe('Resolver that is required', () => {
  it('has started when an instance takes work', async t => {
    const { clock, registry, starting } = await startResolver(t, { required: true })
    let isStarted = false
    void starting.then(() => (isStarted = true))
    registry.newest.push({ ids: [] })
    await clock.settle()
    assert.equal(isStarted, false)
    registry.newest.push({ ids: ['a'], revision: 2 })
    await starting
  })
})
