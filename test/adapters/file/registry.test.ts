import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { parse } from 'yaml'
import { FileRegistry, type InstanceList } from '../../../src/adapters/file/index.ts'
import { observe } from '../../../src/core/event.ts'
import type { Instance } from '../../../src/discovery/instance.ts'
import { readOnlyRegistrySuite } from '../../../src/testing/read-only-registry-suite.ts'
import { WatchFollower } from '../../../src/testing/watch-follower.ts'
import { poll } from '../../cli/poll.ts'

async function folder(t: Pick<TestContext, 'after'>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ropewalk-file-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

/** A registry over a file that is not there yet. */
async function fixture(t: TestContext, options: { parse?: (text: string) => unknown } = {}) {
  const path = join(await folder(t), 'instances')
  const registry = new FileRegistry({ path, ...options })
  t.after(() => registry.close())
  const events: string[] = []
  t.after(observe('registry', ({ event, message }) => void (message.includes(path) && events.push(event))))
  const follower = new WatchFollower(registry, 'users')
  return { path, registry, events, follower }
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

/** As a file would list them. */
function listOf(instances: readonly Instance[]): InstanceList {
  const byName = Object.groupBy(instances, ({ serviceName }) => serviceName)
  const entries = Object.entries(byName).map(
    ([name, all = []]) => [name, all.map(instance => ({ ...instance, serviceName: undefined }))] as const,
  )
  return Object.fromEntries(entries)
}

describe('FileRegistry', () => {
  it('waits for a file that is not there yet', async t => {
    const { path, follower, events } = await fixture(t)
    await poll(() => events.length > 0)
    assert.deepEqual([events, follower.sets], [['registry.lost'], []])
    await replace(path, '{"users": ["127.0.0.1:80"]}')
    await poll(() => follower.sets.length > 0)
    assert.deepEqual(
      follower.set?.instances.map(({ id, endpoints }) => [id, endpoints]),
      [['127.0.0.1:80', ['tcp://127.0.0.1:80']]],
    )
    assert.deepEqual(events, ['registry.lost', 'registry.connected'])
  })

  it('keeps what a file said, marked stale, while it is half written, wrong, empty or gone, and says so once for each', async t => {
    const { path, follower, events } = await fixture(t)
    await replace(path, '{"users": ["127.0.0.1:80", "127.0.0.1:81"]}')
    await poll(() => follower.set?.instances.length === 2)
    events.length = 0
    for (const text of ['{"users": ["127.0.0.1:80", ', '{"users": [1]}', '', 'null']) {
      await writeFile(path, text)
      await poll(() => follower.set?.stale === true)
      assert.equal(follower.set?.instances.length, 2)
      await replace(path, '{"users": ["127.0.0.1:80", "127.0.0.1:81"]}')
      await poll(() => follower.set?.stale === false)
    }
    await rm(path)
    await poll(() => follower.set?.stale === true)
    await replace(path, '{"users": []}')
    await poll(() => follower.set?.stale === false)
    assert.deepEqual([follower.ids, follower.set?.known], [[], true])
    // A file that is being written may be seen empty as well.
    const told = events.filter(event => event === 'registry.lost').length
    assert.ok(told >= 5 && told <= 8, `told ${told} times`)
  })

  it('is current again when the file could not be looked at for a time, and is what it was', async t => {
    const { path, follower, events } = await fixture(t)
    await replace(path, '{"users": ["127.0.0.1:80"]}')
    await poll(() => follower.set?.stale === false)
    const folderOf = dirname(path)
    await rename(folderOf, `${folderOf}.away`)
    t.after(() => rm(`${folderOf}.away`, { recursive: true, force: true }))
    await poll(() => follower.set?.stale === true)
    events.length = 0
    await rename(`${folderOf}.away`, folderOf)
    await poll(() => follower.set?.stale === false)
    assert.deepEqual([follower.ids, events], [['127.0.0.1:80'], ['registry.connected']])
  })

  it('reads a file that is written in place, and one that is replaced', async t => {
    const { path, follower } = await fixture(t)
    await writeFile(path, '{"users": ["127.0.0.1:80"]}')
    await poll(() => follower.ids?.length === 1)
    await writeFile(path, '{"users": ["127.0.0.1:80", "127.0.0.1:81"]}')
    await poll(() => follower.ids?.length === 2)
    await replace(path, '{}')
    await poll(() => follower.ids?.length === 0)
  })

  it('reads another format with the parser it is given', async t => {
    const { path, follower } = await fixture(t, { parse })
    await replace(path, 'users:\n  - 127.0.0.1:80\n  - endpoints: [tls://10.0.0.5:8443]\n    id: u2\n    zone: b\n')
    await poll(() => follower.ids?.length === 2)
    assert.deepEqual(
      follower.set?.instances.map(({ id, zone }) => [id, zone]),
      [
        ['127.0.0.1:80', ''],
        ['u2', 'b'],
      ],
    )
  })

  it('leaves nothing running when it is closed', async t => {
    const { registry, follower } = await fixture(t)
    await registry.close()
    await poll(() => follower.error !== undefined)
    assert.equal((follower.error as { code?: string }).code, 'ERR_REGISTRY_CLOSED')
  })
})

const reason = 'every process counts the changes of the file that it has seen, so their revisions cannot be compared'

readOnlyRegistrySuite('FileRegistry', {
  deviations: {
    'shows another process the same': reason,
    'brings the watches of two processes that write at once to the same end': reason,
  },
  open: async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'ropewalk-file-')), 'instances.json')
    let place = path
    const write = (instances: readonly Instance[]) => replace(place, JSON.stringify(listOf(instances)))
    await write([])
    return {
      registry: new FileRegistry({ path }),
      peer: async () => new FileRegistry({ path }),
      write,
      disconnect: async () => {
        place = `${path}.away`
        await rename(path, place)
        return async () => {
          await rename(place, path)
          place = path
        }
      },
      close: () => rm(join(path, '..'), { recursive: true, force: true }),
    }
  },
})
