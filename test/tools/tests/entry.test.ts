import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { entryOf } from '../../../tools/tests/entry.ts'

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ropewalk-entry-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

describe('entryOf', () => {
  it('is the file itself where there is one', async t => {
    const files = ['test/web/a.test.ts']
    assert.equal(await entryOf({ name: 'test/web', files }, await temporaryFolder(t)), 'test/web/a.test.ts')
  })

  it('loads all files of its portion and no others, however alike the names of folders are', async t => {
    const folder = await temporaryFolder(t)
    const names = ['test/web', 'test/web/socket', 'test/web-socket']
    const portions = names.map(name => ({ name, files: [`${name}/a.test.ts`, `${name}/b.test.ts`] }))
    const entries = await Promise.all(portions.map(portion => entryOf(portion, folder)))
    for (const [index, { files }] of portions.entries()) {
      const text = await readFile(entries[index] ?? '', 'utf8')
      assert.deepEqual(
        text.match(/test\/.*(?=')/g)?.map(path => path.slice(path.lastIndexOf('test/web'))),
        files,
      )
    }
  })
})
