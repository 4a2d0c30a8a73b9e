import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { UnusableFileError } from '../../src/cli/errors.ts'
import { importDefault } from '../../src/cli/import-default.ts'

const refuses = async (path: string, message: RegExp, exitStatus = 65) =>
  assert.rejects(importDefault(path), (error: unknown) => {
    assert.ok(error instanceof UnusableFileError)
    assert.match(error.message, message)
    assert.equal(error.exitStatus, exitStatus)
    return true
  })

describe('importDefault', () => {
  let folder: string
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'ropewalk-import-'))))
  after(() => rm(folder, { recursive: true }))

  const file = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return path
  }
  it('gives the default export of TypeScript and of JavaScript', async () => {
    assert.deepEqual(await importDefault(await file('good.ts', 'export default { a: 1 as number }')), { a: 1 })
    assert.equal(await importDefault(await file('good.mjs', 'export default 2')), 2)
  })

  it('says that there is no such file, or no default export', async () => {
    await refuses(join(folder, 'missing.ts'), /missing\.ts does not exist/, 66)
    await refuses(await file('empty.ts', 'export const a = 1'), /has no default export/)
  })

  it('says that the syntax has to be compiled, is wrong, or is no JavaScript at all', async () => {
    await refuses(
      await file('enum.ts', 'export enum A { B }\nexport default A'),
      /cannot be run by leaving the types out/,
    )
    await refuses(await file('wrong.ts', 'export default ='), /is not valid TypeScript/)
    await refuses(await file('wrong.mjs', 'export default ='), /is not valid JavaScript/)
    await refuses(await file('notes.txt', 'hello'), /is no JavaScript or TypeScript/)
  })

  it('keeps what went wrong while it was loaded as the cause', async () => {
    const path = await file('throws.ts', `throw new Error('no database')\nexport default 1`)
    await assert.rejects(importDefault(path), ({ message, cause }: Error) => {
      assert.match(message, /failed while it was loaded/)
      assert.match(String(cause), /no database/)
      return true
    })
    await refuses(
      await file('import.ts', `import './nowhere.ts'\nexport default 1`),
      /imports something that is not there/,
    )
  })
})
