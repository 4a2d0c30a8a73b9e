import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Books } from '../../../src/adapters/consul/books.ts'
import { Entries } from '../../../src/adapters/consul/entries.ts'
import { ServiceSets, type Change } from '../../../src/adapters/consul/service-sets.ts'
import { createInstance } from '../../../src/discovery/create-instance.ts'
import type { EngineSet } from '../../../src/discovery/engine/engine.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { ownEntry } from './health-entry.ts'

const instance = createInstance({ serviceName: 'users', id: 'a', endpoints: ['tcp://127.0.0.1:80'], startedAt: 0 })
const critical = [ownEntry(instance, { status: 'critical' })]

/** Reads sets of what `changes` brings; `known` is what the books say. */
function read(
  changes: AsyncGenerator<Change, void, void>,
  { entries, known = false }: { entries?: Entries; known?: boolean },
) {
  const clock = new FakeClock()
  const books = { isKnown: async () => known } as unknown as Books
  const sets = new ServiceSets('users', { books, clock, graceMs: 1_000, entries })
  const seen: EngineSet[] = []
  const done = (async () => {
    for await (const set of sets.of(changes, { signal: new AbortController().signal })) seen.push(set)
  })()
  const statuses = () => seen.map(({ instances }) => instances.map(({ status }) => status).join())
  return { clock, seen, statuses, done, sets }
}

/** Entries that have seen the instance alive. */
function lost(): Entries {
  const entries = new Entries('users')
  entries.read([ownEntry(instance)], { name: 'users', isLenient: false })
  return entries
}

async function* changesTo(...contents: unknown[]): AsyncGenerator<Change, void, void> {
  for (const [at, content] of contents.entries()) yield { epoch: 'e', revision: at + 1, content }
}

async function* endless(...contents: unknown[]): AsyncGenerator<Change, void, void> {
  yield* changesTo(...contents)
  await new Promise(() => {})
}

describe('ServiceSets', () => {
  it('say whether the name was ever known: when something is there, or the books say so', async () => {
    for (const [content, known, expected] of [
      [[], false, [false]],
      [[], true, [true]],
      [critical, false, [true]],
    ] as const) {
      const { seen, done } = read(changesTo(content), { known })
      await done
      assert.deepEqual(
        seen.map(set => set.known),
        expected,
      )
    }
  })

  it('keep for a while what failed while Consul was lost', async () => {
    const { clock, statuses, done } = read(endless(critical), { entries: lost() })
    await clock.advance(999)
    assert.deepEqual(statuses(), ['unconfirmed'])
    await clock.advance(1)
    assert.deepEqual(statuses(), ['unconfirmed', ''])
    void done
  })

  it('show as ready what has been heard of again, and drop it at once after that', async () => {
    const { clock, statuses } = read(endless(critical, [ownEntry(instance)]), { entries: lost() })
    await clock.advance(500)
    assert.deepEqual(statuses(), ['unconfirmed', 'ready'])
  })

  it('drop at once what fails while Consul is there', async () => {
    const { statuses, done } = read(changesTo([ownEntry(instance)], critical), {})
    await done
    assert.deepEqual(statuses(), ['ready', ''])
  })

  it('end with what they read from, without a timer left', async () => {
    const failing = (async function* (): AsyncGenerator<Change, void, void> {
      yield* changesTo(critical)
      throw new Error('lost')
    })()
    const { clock, done } = read(failing, { entries: lost() })
    await assert.rejects(done, /lost/)
    assert.equal(clock.pending, 0)
  })
})
