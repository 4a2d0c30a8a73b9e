import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openDatabase } from '../../src/daemon/database.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { temporaryFolder } from './temporary-folder.ts'

const init = { clock: new FakeClock(), format: 3, schema: 'CREATE TABLE IF NOT EXISTS things (name TEXT)' }

describe('openDatabase', () => {
  it('makes the file, its folder and its tables, and opens them again as they are', async t => {
    const path = join(await temporaryFolder(t), 'deep', 'down', 'things.sqlite')
    const first = openDatabase(path, init)
    first.exec("INSERT INTO things VALUES ('one')")
    first.close()
    const second = openDatabase(path, init)
    assert.deepEqual(
      second
        .prepare('SELECT name FROM things')
        .all()
        .map(({ name }) => name),
      ['one'],
    )
    second.close()
  })

  it('lets one process at a time have it', async t => {
    const path = join(await temporaryFolder(t), 'things.sqlite')
    const first = openDatabase(path, init)
    t.after(() => first.close())
    assert.throws(() => openDatabase(path, init), { code: 'ERR_JOURNAL', message: /another daemon has it open/ })
  })

  it('moves what is no database aside', async t => {
    const folder = await temporaryFolder(t)
    await writeFile(
      join(folder, 'things.sqlite'),
      'no database at all, but long enough to be taken for one'.repeat(100),
    )
    openDatabase(join(folder, 'things.sqlite'), init).close()
    assert.equal(readdirSync(folder).filter(name => name.startsWith('things.sqlite.damaged-')).length, 1)
  })

  it('does not touch a file of another format', async t => {
    const path = join(await temporaryFolder(t), 'things.sqlite')
    openDatabase(path, { ...init, format: 4 }).close()
    assert.throws(() => openDatabase(path, init), /of format 4, and this version reads format 3/)
    openDatabase(path, { ...init, format: 4 }).close()
  })
})
