import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { seededRandom } from '../../src/core/random.ts'
import { Resolver } from '../../src/discovery/resolver.ts'
import { SetSnapshot } from '../../src/discovery/set-snapshot.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { instance, ScriptedRegistry } from './scripted-registry.ts'
import { events, ids } from './started-resolver.ts'

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ropewalk-snapshot-'))
  t.after(() => rm(path, { recursive: true }))
  return path
}

async function snapshot(t: TestContext) {
  const clock = new FakeClock()
  const file = join(await folder(t), 'deep', 'users.json')
  const open = (serviceName = 'users') => new SetSnapshot({ file, serviceName, clock })
  return { clock, file, open }
}

describe('SetSnapshot', () => {
  it('brings back what was saved, unconfirmed, stale and as old as it is', async t => {
    const { clock, open } = await snapshot(t)
    const saving = open()
    saving.save([instance('a', { metadata: { k: '🪢' } }), instance('b', { status: 'draining' })])
    await saving.close()
    await clock.advance(5000)
    const { instances, ...worth } = (await open().load())!
    assert.deepEqual(instances, [
      instance('a', { metadata: { k: '🪢' }, status: 'unconfirmed' }),
      instance('b', { status: 'draining' }),
    ])
    assert.deepEqual(worth, {
      serviceName: 'users',
      revision: 0,
      known: true,
      settled: false,
      ageMs: 5000,
      stale: true,
    })
  })

  it('writes what is saved within a second at once, and leaves no other file', async t => {
    const { clock, file, open } = await snapshot(t)
    const saving = open()
    for (let count = 1; count <= 5; count++) saving.save(Array.from({ length: count }, (_, at) => instance(`i${at}`)))
    assert.equal(clock.pending, 1)
    await clock.advance(1000)
    await saving.close()
    assert.equal((await open().load())?.instances.length, 5)
    assert.deepEqual(await readdir(join(file, '..')), ['users.json'])
  })

  it('is undefined where nothing was saved, without a word', async t => {
    const heard = events(t)
    const { open } = await snapshot(t)
    assert.equal(await open().load(), undefined)
    assert.deepEqual(heard, [])
  })

  it('trusts no file that is broken, of another service, or holds what no instance can be, and says so', async t => {
    const heard = events(t)
    const { clock, file, open } = await snapshot(t)
    const saving = open('orders')
    saving.save([])
    await saving.close()
    const foreign = await readFile(file, 'utf8')
    const valid = { format: 'ropewalk-set/1', serviceName: 'users', savedAt: clock.wallTime() }
    const broken = ['', '{', 'null', '[]', foreign, JSON.stringify({ ...valid, instances: [{ id: 7 }] })]
    for (const text of [
      ...broken,
      JSON.stringify({ ...valid, savedAt: 'today' }),
      JSON.stringify({ ...valid, instances: 7 }),
    ]) {
      await writeFile(file, text)
      assert.equal(await open().load(), undefined, text)
    }
    assert.deepEqual(new Set(heard.map(({ event, level }) => `${level} ${event}`)), new Set(['warn snapshot.failed']))
  })

  it('goes on, and says so, when it cannot write', async t => {
    const heard = events(t)
    const file = join(await folder(t), 'file')
    await writeFile(file, '')
    const saving = new SetSnapshot({ file: join(file, 'users.json'), serviceName: 'users', clock: new FakeClock() })
    saving.save([instance('a')])
    await saving.close()
    assert.deepEqual(
      heard.map(({ event }) => event),
      ['snapshot.failed'],
    )
  })

  it('lets a Resolver start with what it knew while the registry is away', async t => {
    const clock = new FakeClock()
    const snapshotFile = join(await folder(t), 'users.json')
    const registry = new ScriptedRegistry()
    const open = () => new Resolver({ registry, serviceName: 'users', clock, snapshotFile, random: seededRandom(1) })
    const before = open()
    await before.start()
    await clock.settle()
    registry.newest.push({ ids: ['a', 'b'] })
    await clock.settle()
    await before.stop()
    // It saves what it knows when it stops: before the folder is removed.
    await using after = open()
    await after.start()
    assert.deepEqual([ids(after), after.set.stale], ['a:unconfirmed,b:unconfirmed', true])
    assert.equal((await after.ready()).instances.length, 2)
    await clock.settle()
    registry.newest.push({ ids: ['b'], revision: 2 })
    await clock.settle()
    assert.deepEqual([ids(after), after.set.stale], ['b', false])
  })
})
