import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { JournalError } from '../../../src/daemon/errors.ts'
import { JournalFile } from '../../../src/daemon/journal/journal-file.ts'
import type { JournalBatch } from '../../../src/daemon/journal/journal-record.ts'
import { Journal } from '../../../src/daemon/journal/journal.ts'
import { Turn } from '../../../src/daemon/turn.ts'
import type { LeaseRecord } from '../../../src/discovery/store/claims.ts'
import { Store } from '../../../src/discovery/store/store.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { users } from '../../discovery/store/instances.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** A file whose disk can be made full, and that counts its commits. */
class FillableFile extends JournalFile {
  full = false
  unreadable = false
  commits = 0

  /** The ends of commits, where a test wants to say when they come. */
  ends: (() => void)[] | undefined
  stale = false
  renewed = 0

  override get isStale(): boolean {
    return this.stale
  }

  override async renew(batches: Iterable<JournalBatch>): Promise<void> {
    this.stale = false
    this.renewed = [...batches].flatMap(({ put }) => put).length
  }

  override write(batch: JournalBatch, callback: (error?: JournalError) => void): void {
    this.commits++
    const end = (error?: JournalError) => {
      if (this.ends) this.ends.push(() => callback(error))
      else callback(error)
    }
    if (this.full) queueMicrotask(() => end(new JournalError(this.path, 'cannot be written (disk is full)')))
    else super.write(batch, end)
  }

  /** Lets the commit under way end, and all later ones by themselves. */
  async letEnd(): Promise<void> {
    while (this.ends?.length === 0) await nextTurn()
    const ends = this.ends ?? []
    this.ends = undefined
    for (const end of ends) end()
  }

  override writeNow(batch: JournalBatch): void {
    this.commits++
    super.writeNow(batch)
  }

  override kept(numbers: ReadonlySet<number>): ReadonlyMap<number, LeaseRecord> {
    if (this.unreadable) throw new JournalError(this.path, 'cannot be read (disk I/O error)')
    return super.kept(numbers)
  }

  /** The claim as it is on disk. */
  claim(number: number): LeaseRecord | undefined {
    return super.kept(new Set([number])).get(number)
  }

  /** The ids on disk. */
  ids(): string[] {
    const numbers = new Set(Array.from({ length: 20 }, (_, number) => number))
    return [...super.kept(numbers).values()].map(({ instance }) => instance.id)
  }
}

async function journalled(t: TestContext) {
  const clock = new FakeClock()
  const turn = new Turn()
  const file = new FillableFile(await temporaryFolder(t), clock)
  const health: (string | undefined)[] = []
  const journal = new Journal({ file, turn, clock, onHealth: error => health.push(error?.code) })
  const store = new Store({ clock, journal, epoch: 'e1' })
  journal.attach(store)
  t.after(() => journal.close())
  const kept = () => new Promise<JournalError | undefined>(resolve => journal.whenKept(resolve))
  await kept()
  file.commits = 0
  const lost: string[] = []
  const owner = store.leases.connect({
    id: 'x',
    name: 'x',
    onLost: ({ instance }, cause) => lost.push(`${instance.id} ${cause}`),
  })
  const onDisk = () => file.ids()
  return { clock, file, journal, health, lost, owner, kept, onDisk, leases: store.leases, rosters: store.rosters }
}

describe('Journal', () => {
  it('writes the epoch when it begins', async t => {
    const { file, journal } = await journalled(t)
    journal.close()
    assert.equal(new JournalFile(dirname(file.path), new FakeClock()).head()?.epoch, 'e1')
  })

  it('commits everything of one turn at once, and tells only then that it is kept', async t => {
    const { clock, file, leases, owner, kept, onDisk } = await journalled(t)
    await clock.advance(10)
    const order: string[] = []
    for (const id of ['a', 'b', 'c']) {
      leases.register(owner, users(id), 1_000)
      void kept().then(() => order.push(`${id} with ${onDisk().length} on disk`))
    }
    assert.deepEqual([file.commits, order], [0, []])
    await kept()
    assert.equal(file.commits, 1)
    assert.deepEqual(order, ['a with 3 on disk', 'b with 3 on disk', 'c with 3 on disk'])
  })

  it('waits for those who shared the last commit to share the next, but only for a moment, and for nobody who was alone', async t => {
    const { clock, file, leases, owner, kept } = await journalled(t)
    const registered = (...ids: string[]) =>
      Promise.all(
        ids.map(id => {
          leases.register(owner, users(id), 1_000)
          return kept()
        }),
      )
    await registered('a')
    await registered('b', 'c')
    assert.equal(file.commits, 2)
    const one = registered('d')
    await clock.settle()
    assert.equal(file.commits, 2)
    const other = registered('e')
    await Promise.all([one, other])
    assert.equal(file.commits, 3)
    const last = registered('f')
    await clock.settle()
    assert.equal(file.commits, 3)
    await clock.advance(3)
    await last
    await registered('g')
    assert.equal(file.commits, 5)
  })

  it('writes updates, draining marks and and removals', async t => {
    const { file, leases, owner, kept, onDisk } = await journalled(t)
    const claims = ['a', 'b'].map(id => leases.register(owner, users(id), 1_000))
    const [one, other] = claims as [(typeof claims)[0], (typeof claims)[0]]
    await kept()
    leases.update(one, { weight: 5 })
    void leases.drain(one, { drainMs: 1 })
    leases.revoke(other)
    await kept()
    assert.deepEqual(onDisk(), ['a'])
    const { instance, draining } = file.claim(one.number) ?? {}
    assert.deepEqual([instance?.weight, draining], [5, true])
  })

  it('goes on while the disk is busy, and commits together what came meanwhile', async t => {
    const { clock, file, leases, owner, kept } = await journalled(t)
    file.ends = []
    leases.register(owner, users('a'), 1_000)
    const first = kept()
    await nextTurn()
    const order: string[] = []
    const others = ['b', 'c', 'd'].map(async id => {
      leases.register(owner, users(id), 1_000)
      await kept()
      order.push(id)
    })
    await nextTurn()
    assert.deepEqual([file.commits, order], [1, []])
    await file.letEnd()
    await first
    await clock.advance(3)
    await Promise.all(others)
    assert.deepEqual([file.commits, order], [2, ['b', 'c', 'd']])
  })

  it('commits nothing for one who waits for what is kept already', async t => {
    const { file, kept } = await journalled(t)
    assert.equal(await kept(), undefined)
    assert.equal(file.commits, 0)
  })

  it('has the file written anew with what there is when most of it is of the past', async t => {
    const { file, leases, owner, kept } = await journalled(t)
    leases.revoke(leases.register(owner, users('a'), 1_000))
    leases.register(owner, users('b'), 1_000)
    leases.register(leases.vouch({ id: 'checked', name: 'a health check' }), users('c'), 1_000)
    file.stale = true
    await kept()
    await nextTurn()
    assert.deepEqual([file.stale, file.renewed], [false, 1])
  })

  it('writes nothing for heartbeats', async t => {
    const { clock, file, leases, owner, kept } = await journalled(t)
    leases.register(owner, users('a'), 1_000)
    await kept()
    leases.renew(owner)
    await clock.advance(1_000)
    leases.renew(owner)
    assert.equal(file.commits, 1)
  })

  it('writes what became of an instance that came and went in one turn', async t => {
    const { leases, owner, kept, onDisk } = await journalled(t)
    leases.revoke(leases.register(owner, users('a'), 1_000))
    await kept()
    assert.deepEqual(onDisk(), [])
    leases.revoke(leases.register(owner, users('a'), 1_000))
    leases.register(owner, users('a'), 1_000)
    await kept()
    assert.deepEqual(onDisk(), ['a'])
  })

  describe('on a full disk', () => {
    it('takes back what was registered, and says so to who waits and to who holds it', async t => {
      const { file, leases, rosters, owner, kept, lost, health } = await journalled(t)
      file.full = true
      leases.register(owner, users('a'), 1_000)
      assert.ok((await kept()) instanceof JournalError)
      assert.deepEqual([rosters.set('users').instances, lost, health], [[], ['a unstored'], ['ERR_JOURNAL']])
      assert.equal(rosters.history('users').at(-1)?.kind, 'unstored')
    })

    it('takes back what was written while a commit failed as well', async t => {
      const { file, leases, owner, kept, lost, rosters } = await journalled(t)
      const claim = leases.register(owner, users('a'), 1_000)
      await kept()
      Object.assign(file, { ends: [], full: true })
      leases.update(claim, { weight: 2 })
      const first = kept()
      await nextTurn()
      leases.update(claim, { weight: 3 })
      leases.register(owner, users('b'), 1_000)
      const second = kept()
      await file.letEnd()
      assert.deepEqual([(await first)?.code, (await second)?.code], ['ERR_JOURNAL', 'ERR_JOURNAL'])
      assert.deepEqual([rosters.set('users').instances, lost], [[users('a')], ['b unstored']])
    })

    it('takes an update back', async t => {
      const { file, leases, rosters, owner, kept } = await journalled(t)
      const claim = leases.register(owner, users('a'), 1_000)
      await kept()
      file.full = true
      leases.update(claim, { weight: 5 })
      assert.ok((await kept()) instanceof JournalError)
      assert.deepEqual(rosters.set('users').instances, [users('a')])
    })

    it('leaves removed what was removed, and draining what drains, and writes it when there is room', async t => {
      const { clock, file, leases, rosters, owner, kept, onDisk, health } = await journalled(t)
      const gone = leases.register(owner, users('a'), 60_000)
      const drained = leases.register(owner, users('b'), 60_000)
      await kept()
      file.full = true
      leases.revoke(gone)
      void leases.drain(drained, { drainMs: 1 })
      assert.ok((await kept()) instanceof JournalError)
      await clock.advance(1_000)
      assert.deepEqual(
        rosters.set('users').instances.map(({ id, status }) => [id, status]),
        [['b', 'draining']],
      )
      assert.deepEqual(onDisk(), ['a', 'b'])
      file.full = false
      await clock.advance(1_000)
      await kept()
      assert.deepEqual(onDisk(), ['b'])
      assert.equal(file.claim(drained.number)?.draining, true)
      assert.deepEqual(health, ['ERR_JOURNAL', undefined])
    })

    it('keeps everything to be written later where it cannot even be read', async t => {
      const { clock, file, leases, owner, kept, onDisk, lost, rosters } = await journalled(t)
      const claim = leases.register(owner, users('a'), 1_000)
      await kept()
      file.full = file.unreadable = true
      leases.update(claim, { weight: 2 })
      leases.register(owner, users('b'), 1_000)
      assert.equal((await kept())?.code, 'ERR_JOURNAL')
      assert.deepEqual([lost, rosters.set('users').instances.map(({ id }) => id)], [[], ['a', 'b']])
      file.full = file.unreadable = false
      await clock.advance(1_000)
      await kept()
      assert.deepEqual(onDisk(), ['a', 'b'])
    })

    it('goes on where it was when there is room again', async t => {
      const { file, leases, owner, kept, onDisk, health } = await journalled(t)
      file.full = true
      leases.register(owner, users('a'), 1_000)
      await kept()
      file.full = false
      leases.register(owner, users('a'), 1_000)
      assert.equal(await kept(), undefined)
      assert.deepEqual([onDisk(), health], [['a'], ['ERR_JOURNAL', undefined]])
    })
  })

  it('writes what is left when it is closed', async t => {
    const { clock, file, journal, leases, owner } = await journalled(t)
    leases.register(owner, users('a'), 1_000)
    let told = false
    journal.whenKept(() => (told = true))
    journal.close()
    assert.deepEqual([file.commits, told], [1, true])
    await nextTurn()
    leases.disconnect(owner)
    await clock.advance(10_000)
    assert.equal(clock.pending, 0)
  })

  it('leaves alone what is vouched for, which is kept by whoever vouches', async t => {
    const { leases, owner, kept, onDisk } = await journalled(t)
    leases.register(leases.vouch({ id: 'checked', name: 'a health check' }), users('a'), 1_000)
    leases.register(owner, users('b'), 1_000)
    await kept()
    assert.deepEqual(onDisk(), ['b'])
  })
})
