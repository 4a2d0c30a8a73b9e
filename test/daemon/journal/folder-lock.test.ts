import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { FolderLock } from '../../../src/daemon/journal/folder-lock.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const lockForEver = (folder: string) => `
  import { FolderLock } from ${JSON.stringify(new URL('../../../src/daemon/journal/folder-lock.ts', import.meta.url).href)}
  globalThis.lock = new FolderLock(${JSON.stringify(folder)})
  console.log('locked')
  setInterval(() => {}, 1000)`

describe('FolderLock', () => {
  it('keeps others out until it is released, in a folder that it makes for the daemon alone', async t => {
    const folder = join(await temporaryFolder(t), 'deep', 'data')
    const lock = new FolderLock(folder)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.throws(() => new FolderLock(folder), { code: 'ERR_JOURNAL', message: /another daemon has it open/ })
    lock.release()
    lock.release()
    new FolderLock(folder).release()
  })

  it('does without what a damaged disk has in the place of its file', async t => {
    const folder = await temporaryFolder(t)
    await writeFile(join(folder, 'registry.lock'), 'not what was written\n'.repeat(500))
    const lock = new FolderLock(folder)
    assert.throws(() => new FolderLock(folder), { code: 'ERR_JOURNAL', message: /another daemon has it open/ })
    lock.release()
  })

  it('says at once where there can be no folder', async t => {
    const folder = await temporaryFolder(t)
    await writeFile(join(folder, 'file'), '')
    for (const path of [join(folder, 'file', 'deep', 'data'), ...(existsSync('/proc') ? ['/proc/nope/data'] : [])]) {
      assert.throws(() => new FolderLock(path), { code: 'ERR_JOURNAL', message: /cannot be opened/ })
    }
  })

  it('is gone with its process, however that ends', async t => {
    const folder = await temporaryFolder(t)
    const args = ['--conditions=ropewalk-development', '--input-type=module', '--eval', lockForEver(folder)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    assert.throws(() => new FolderLock(folder), { code: 'ERR_JOURNAL' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    new FolderLock(folder).release()
  })
})
