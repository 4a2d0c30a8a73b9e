import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { StateFile, type StoredRow } from '../../../../src/daemon/consul/state/state-file.ts'
import { StateJournal } from '../../../../src/daemon/consul/state/state-journal.ts'
import { Table } from '../../../../src/daemon/consul/state/table.ts'
import { JournalError } from '../../../../src/daemon/errors.ts'
import { Turn } from '../../../../src/daemon/turn.ts'
import { FakeClock } from '../../../../src/testing/fake-clock.ts'
import { PATIENCE_MS } from '../../../patience.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

/** A file whose disk can be made full, and that counts its commits. */
class FillableFile extends StateFile {
  full = false
  commits = 0

  override write(rows: readonly StoredRow[], callback: (error?: JournalError) => void): void {
    if (this.full)
      return queueMicrotask(() => callback(new JournalError(this.path, 'cannot be written (disk is full)')))
    this.commits++
    super.write(rows, callback)
  }
}

async function journalled(t: TestContext, folder?: string) {
  const clock = new FakeClock()
  const path = folder ?? (await temporaryFolder(t))
  const file = new FillableFile(path, clock)
  const journal = new StateJournal({ file, turn: new Turn(), clock })
  const changes: string[] = []
  const table = new Table<{ n: number }>('things', journal, (before, after) => changes.push(`${before?.n} ${after?.n}`))
  journal.load([table])
  t.after(() => journal.close())
  return { file, journal, table, changes, path }
}

describe('StateJournal', () => {
  it('commits everything of one turn at once, and brings it back', async t => {
    const first = await journalled(t)
    for (const n of [1, 2, 3]) first.table.put(`k${n}`, { n })
    first.table.delete('k2')
    assert.ok(first.journal.isPending)
    await first.journal.kept()
    assert.deepEqual([first.file.commits, first.journal.isPending], [1, false])
    first.journal.close()
    const second = await journalled(t, first.path)
    assert.deepEqual([...second.table.values()], [{ n: 1 }, { n: 3 }])
  })

  it('undoes what the disk refuses, and tells those who wait', async t => {
    const { file, journal, table, changes } = await journalled(t)
    table.put('a', { n: 1 })
    table.put('gone', { n: 5 })
    await journal.kept()
    file.full = true
    table.put('a', { n: 2 })
    table.put('b', { n: 3 })
    table.delete('gone')
    await assert.rejects(journal.kept(), { code: 'ERR_JOURNAL' })
    assert.deepEqual([table.get('a'), table.get('b'), table.get('gone')], [{ n: 1 }, undefined, { n: 5 }])
    assert.deepEqual(changes.slice(-3), ['2 1', '3 undefined', 'undefined 5'])
    file.full = false
    table.put('a', { n: 4 })
    await journal.kept()
    assert.deepEqual(file.kept().get('things')?.get('a'), { n: 4 })
  })

  it('undoes what was written since then as well', async t => {
    const { file, journal, table } = await journalled(t)
    file.full = true
    table.put('a', { n: 1 })
    const first = journal.kept()
    table.put('b', { n: 2 })
    const second = journal.kept()
    await assert.rejects(first, { code: 'ERR_JOURNAL' })
    await assert.rejects(second, { code: 'ERR_JOURNAL' })
    assert.deepEqual([...table.values()], [])
  })

  it('has one commit for everything that was written while the disk was busy', async t => {
    const { file, journal, table, path } = await journalled(t)
    const waits = Array.from({ length: 50 }, async (_, n) => {
      await new Promise(resolve => setImmediate(resolve))
      table.put(`k${n}`, { n })
      await journal.kept()
    })
    await Promise.all(waits)
    assert.ok(file.commits < 25, `${file.commits} commits`)
    journal.close()
    assert.equal((await journalled(t, path)).table.size, 50)
  })

  it('writes its file anew when most of it is of the past', async t => {
    const { file, journal, table, path } = await journalled(t)
    const text = 'x'.repeat(1024 * 1024)
    for (let n = 0; n < 20; n++) {
      table.put('a', { n, text } as { n: number })
      await journal.kept()
    }
    const deadline = performance.now() + PATIENCE_MS
    while (statSync(file.path).size > 16 * 1024 * 1024 && performance.now() < deadline) await nextTurn()
    assert.ok(statSync(file.path).size < 16 * 1024 * 1024)
    journal.close()
    assert.equal((await journalled(t, path)).table.get('a')?.n, 19)
  })

  it('writes its file anew in lines that are short even if its rows are long, so that there need not be room for a thousand of them twice', async t => {
    const { file, journal, table, path } = await journalled(t)
    const text = 'x'.repeat(512 * 1024)
    const inode = statSync(file.path).ino
    for (let n = 0; n < 40; n++) {
      table.put(`k${n}`, { n, text } as { n: number })
      await journal.kept()
    }
    const deadline = performance.now() + PATIENCE_MS
    while (statSync(file.path).ino === inode && performance.now() < deadline) await nextTurn()
    assert.notEqual(statSync(file.path).ino, inode)
    journal.close()
    const lines = readFileSync(file.path, 'latin1').split('\n').slice(0, -1)
    assert.ok(Math.max(...lines.map(line => line.length)) < 3 * text.length)
    assert.equal([...(await journalled(t, path)).table.values()].length, 40)
  })

  it('writes what is left when it closes', async t => {
    const { journal, table, path } = await journalled(t)
    table.put('a', { n: 1 })
    journal.close()
    const second = await journalled(t, path)
    assert.deepEqual(second.table.get('a'), { n: 1 })
  })

  it('has one row of what was written in two cases when these mattered, the later one, and knows when it went', async t => {
    const first = await journalled(t)
    first.file.writeNow([
      ['node', 'Ext', { n: 1 }],
      ['things', 'Ext', { n: 2 }],
      ['node', 'EXT', { n: 3 }],
    ])
    assert.deepEqual([...(first.file.kept().get('node') ?? [])], [['ext', { n: 3 }]])
    assert.deepEqual([...(first.file.kept().get('things') ?? [])], [['Ext', { n: 2 }]])
    first.file.writeNow([['node', 'ext', null]])
    assert.equal(first.file.kept().get('node')?.size, 0)
  })

  it('has a file of which a copy is whole at any moment, with all that was kept before it was begun', async t => {
    const { file, journal, table } = await journalled(t)
    const text = 'x'.repeat(512 * 1024)
    const copies: { readonly folder: string; readonly n: number }[] = []
    for (let n = 0; n < 80; n++) {
      table.put('a', { n, text } as { n: number })
      const written = journal.kept()
      if (n % 20 === 19) {
        const folder = await temporaryFolder(t)
        await copyFile(file.path, join(folder, 'consul.log'))
        copies.push({ folder, n: n - 1 })
      }
      await written
    }
    for (const { folder, n } of copies) {
      const copy = await journalled(t, folder)
      assert.equal(copy.file.isLost, false)
      assert.ok((copy.table.get('a')?.n ?? -1) >= n)
      copy.journal.close()
    }
  })

  it('keeps nothing, and says so at once, without a file', async () => {
    const journal = new StateJournal({ file: undefined, turn: new Turn(), clock: new FakeClock() })
    new Table('things', journal).put('a', 1)
    await journal.kept()
    assert.ok(!journal.isPending)
  })
})
