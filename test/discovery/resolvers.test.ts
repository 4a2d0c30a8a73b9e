import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { InvalidInstanceError, RegistryClosedError } from '../../src/discovery/errors.ts'
import { Resolvers, type ResolversOptions } from '../../src/discovery/resolvers.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { ScriptedRegistry } from './scripted-registry.ts'

function made(t: TestContext, options: Partial<ResolversOptions> = {}) {
  const clock = new FakeClock()
  const registry = new ScriptedRegistry()
  const resolvers = new Resolvers({ registry, clock, idleMs: 1000, ...options })
  t.after(() => resolvers.stop())
  return { clock, registry, resolvers }
}

describe('Resolvers', () => {
  it('opens one resolver per service name, when it is first asked for', async t => {
    const { clock, registry, resolvers } = made(t)
    await resolvers.start()
    const users = resolvers.get('users')
    assert.equal(resolvers.get('users'), users)
    assert.notEqual(resolvers.get('orders'), users)
    await clock.settle()
    assert.deepEqual(
      registry.watches.map(({ serviceName }) => serviceName),
      ['users', 'orders'],
    )
    registry.watches[0]!.push({ ids: ['a'] })
    assert.equal((await users.ready()).instances.length, 1)
  })

  it('can be asked before it is started', async t => {
    const { clock, registry, resolvers } = made(t)
    const users = resolvers.get('users')
    await clock.settle()
    registry.newest.push({ ids: ['a'] })
    await users.ready()
    await resolvers.start()
    assert.equal(resolvers.get('users'), users)
  })

  it('closes what nobody asks for any more, and opens it anew when somebody does', async t => {
    const { clock, registry, resolvers } = made(t)
    const users = resolvers.get('users')
    for (let second = 0; second < 5; second++) {
      await clock.advance(900)
      assert.equal(resolvers.get('users'), users)
    }
    await clock.advance(2000)
    assert.deepEqual([resolvers.size, registry.newest.closed, users.status], [0, true, 'stopped'])
    assert.equal(clock.pending, 0)
    assert.notEqual(resolvers.get('users'), users)
  })

  it('makes room, at the limit, by closing one that nobody asked for lately', async t => {
    const { clock, resolvers } = made(t, { resolversMax: 2 })
    const [first, second] = [resolvers.get('first'), resolvers.get('second')]
    await clock.advance(1000)
    assert.equal(resolvers.get('first'), first)
    resolvers.get('third')
    await clock.settle()
    assert.deepEqual([resolvers.size, second.status, resolvers.get('first') === first], [2, 'stopped', true])
  })

  it('stops all of them, leaves no timer, and refuses until it is started again', async t => {
    const { clock, registry, resolvers } = made(t)
    await resolvers.start()
    resolvers.get('users')
    resolvers.get('orders')
    await clock.settle()
    await resolvers.stop()
    assert.ok(registry.watches.every(({ closed }) => closed))
    assert.deepEqual([resolvers.size, clock.pending], [0, 0])
    assert.throws(() => resolvers.get('users'), RegistryClosedError)
    await resolvers.start()
    resolvers.get('users')
  })

  it('stops what was opened before it was started, too', async t => {
    const { clock, registry, resolvers } = made(t)
    resolvers.get('users')
    await clock.settle()
    await resolvers.stop()
    assert.deepEqual([registry.newest.closed, clock.pending], [true, 0])
  })

  it('refuses what cannot be a service name', t => {
    assert.throws(() => made(t).resolvers.get('a/b'), InvalidInstanceError)
  })

  it('keeps snapshots in a folder, in a file of its own for any name', async t => {
    const snapshotFolder = await mkdtemp(join(tmpdir(), 'ropewalk-resolvers-'))
    t.after(() => rm(snapshotFolder, { recursive: true }))
    const { clock, registry, resolvers } = made(t, { snapshotFolder })
    const names = ['users', 'users_', 'us:ers', '绳'.repeat(85), '..']
    for (const serviceName of names) resolvers.get(serviceName)
    while (registry.watches.length < names.length) await clock.settle()
    for (const watch of registry.watches) watch.push({ serviceName: watch.serviceName })
    await clock.settle()
    await resolvers.stop()
    const files = await readdir(snapshotFolder)
    assert.equal(files.length, names.length)
    assert.ok(files.every(file => /^[\w.-]{1,255}\.json$/.test(file)))
  })
})
