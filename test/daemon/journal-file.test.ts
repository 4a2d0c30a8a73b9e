import assert from 'node:assert/strict'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { observe, type RopewalkEvent } from '../../src/core/event.ts'
import { JournalError } from '../../src/daemon/errors.ts'
import { JournalFile } from '../../src/daemon/journal-file.ts'
import type { LeaseRecord } from '../../src/discovery/store/claims.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { users } from '../discovery/store/instances.ts'
import { temporaryFolder } from './temporary-folder.ts'

const head = { epoch: 'e1', revision: 1.7e15 }

function record(number: number, init: Partial<LeaseRecord> = {}): LeaseRecord {
  const instance = users(`id-${number}`, { metadata: { 'naïve "key"': '日本\n' } })
  const owner = { id: 'session:x', name: 'x', kind: 'session' } as const
  return { number, owner, instance, ttlMs: 1_500, draining: false, ...init }
}

function open(t: TestContext, folder: string): JournalFile {
  const file = new JournalFile(folder, new FakeClock())
  t.after(() => file.close())
  return file
}

function events(t: TestContext): RopewalkEvent[] {
  const seen: RopewalkEvent[] = []
  t.after(observe('daemon', event => seen.push(event)))
  return seen
}

describe('JournalFile', () => {
  it('begins empty, in a folder that it makes', async t => {
    const file = open(t, join(await temporaryFolder(t), 'deep', 'data'))
    assert.deepEqual([file.head(), [...file.claims()]], [undefined, []])
  })

  it('has what was written when it is opened again', async t => {
    const folder = await temporaryFolder(t)
    const file = open(t, folder)
    const timed = record(2, { owner: { id: 'curl', name: 'c', kind: 'timed' }, draining: true })
    file.write({ put: [record(1), timed, record(3)], removed: [], head: { epoch: 'e1', revision: 5 } })
    file.write({ put: [], removed: [3], head })
    file.close()
    file.close()
    const again = open(t, folder)
    assert.deepEqual(again.head(), head)
    assert.deepEqual([...again.claims()], [record(1), timed])
    assert.deepEqual(again.claim(2), timed)
    assert.equal(again.claim(3), undefined)
  })

  it('has what was written even if its process is gone without closing it', async t => {
    const folder = await temporaryFolder(t)
    open(t, folder).write({ put: [record(1)], removed: [], head })
    const copy = await temporaryFolder(t)
    for (const name of readdirSync(folder)) writeFileSync(join(copy, name), readFileSync(join(folder, name)))
    assert.deepEqual([...open(t, copy).claims()], [record(1)])
  })

  it('writes all of a batch or nothing', async t => {
    const file = open(t, await temporaryFolder(t))
    file.write({ put: [record(1)], removed: [], head })
    const bad = { ...record(3), ttlMs: {} } as unknown as LeaseRecord
    assert.throws(() => file.write({ put: [record(2), bad], removed: [1], head }), JournalError)
    assert.deepEqual([...file.claims()], [record(1)])
    file.write({ put: [record(2)], removed: [], head })
    assert.equal([...file.claims()].length, 2)
  })

  it('moves a damaged file aside, says so, and begins anew', async t => {
    const seen = events(t)
    const folder = await temporaryFolder(t)
    writeFileSync(join(folder, 'registry.sqlite'), 'this is no database, whatever its name '.repeat(100))
    const file = open(t, folder)
    assert.deepEqual([file.head(), [...file.claims()]], [undefined, []])
    file.write({ put: [record(1)], removed: [], head })
    assert.equal(readdirSync(folder).filter(name => name.includes('.damaged-')).length, 1)
    assert.deepEqual(
      seen.map(({ event, level }) => [event, level]),
      [['journal.damaged', 'error']],
    )
  })

  it('finds damage inside a file that looks right at first', async t => {
    const folder = await temporaryFolder(t)
    const file = open(t, folder)
    const put = Array.from({ length: 2_000 }, (_, n) => record(n))
    file.write({ put, removed: [], head })
    file.close()
    const path = join(folder, 'registry.sqlite')
    const bytes = readFileSync(path)
    bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 8_192)
    writeFileSync(path, bytes)
    assert.equal(open(t, folder).head(), undefined)
    assert.equal(readdirSync(folder).filter(name => name.includes('.damaged-')).length, 1)
  })

  it('takes a file that was cut short for damaged', async t => {
    const folder = await temporaryFolder(t)
    const file = open(t, folder)
    file.write({ put: Array.from({ length: 500 }, (_, n) => record(n)), removed: [], head })
    file.close()
    truncateSync(join(folder, 'registry.sqlite'), 10_000)
    assert.equal(open(t, folder).head(), undefined)
  })

  it('leaves out an entry that is not valid, says so, and keeps the others', async t => {
    const seen = events(t)
    const folder = await temporaryFolder(t)
    const file = open(t, folder)
    file.write({ put: [record(1), record(2)], removed: [], head })
    file.close()
    const database = new DatabaseSync(join(folder, 'registry.sqlite'))
    database.exec(`UPDATE claims SET instance = '{"id":5}' WHERE number = 1`)
    database.close()
    assert.deepEqual([...open(t, folder).claims()], [record(2)])
    assert.deepEqual(
      seen.map(({ event, number }) => [event, number]),
      [['journal.skipped', 1]],
    )
  })

  it('refuses a file that another process has open', async t => {
    const folder = await temporaryFolder(t)
    open(t, folder)
    const told = { name: 'JournalError', message: /another daemon has it open/ }
    assert.throws(() => new JournalFile(folder, new FakeClock()), told)
  })

  it('refuses a file of another format, and leaves it alone', async t => {
    const folder = await temporaryFolder(t)
    open(t, folder).close()
    const database = new DatabaseSync(join(folder, 'registry.sqlite'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    assert.throws(() => new JournalFile(folder, new FakeClock()), /format 99/)
    assert.deepEqual(readdirSync(folder), ['registry.sqlite'])
  })

  it('refuses a folder that cannot be', async t => {
    const folder = await temporaryFolder(t)
    writeFileSync(join(folder, 'file'), '')
    assert.throws(() => new JournalFile(join(folder, 'file', 'data'), new FakeClock()), JournalError)
  })
})
