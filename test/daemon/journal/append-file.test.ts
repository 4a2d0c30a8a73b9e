import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { AppendFile } from '../../../src/daemon/journal/append-file.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function opened(t: TestContext, { content = '', length = 0 } = {}) {
  const path = join(await temporaryFolder(t), 'file')
  writeFileSync(path, content)
  const file = new AppendFile(path, length)
  t.after(() => file.close())
  const sync = promisify((done: (error: Error | null) => void) => file.sync(done))
  return { file, sync, text: () => readFileSync(path, 'latin1') }
}

describe('AppendFile', () => {
  it('grows by what is appended', async t => {
    const { file, sync, text } = await opened(t)
    file.append(Buffer.from('one'))
    await sync()
    file.append(Buffer.from('two'))
    file.syncNow()
    assert.deepEqual([text(), file.length], ['onetwo', 6])
  })

  it('goes on at the length it is opened with', async t => {
    const { file, text } = await opened(t, { content: 'whole and a rest', length: 5 })
    file.append(Buffer.from(' more'))
    assert.deepEqual([text(), file.length], ['whole more', 10])
  })

  it('is for nobody else to read when it is new', { skip: process.platform === 'win32' && 'no modes' }, async t => {
    const path = join(await temporaryFolder(t), 'new')
    const file = new AppendFile(path, 0)
    t.after(() => file.close())
    assert.equal(statSync(path).mode & 0o077, 0)
  })

  it('cannot be written when it is closed, which it can be twice', async t => {
    const { file, text } = await opened(t)
    file.append(Buffer.from('one'))
    file.close()
    file.close()
    assert.throws(() => file.append(Buffer.from('two')), { code: 'EBADF' })
    assert.equal(text(), 'one')
  })

  it('cuts off what could not be written before it appends anything else', async t => {
    const { file, text } = await opened(t)
    file.append(Buffer.from('one'))
    assert.throws(() => file.append({ length: 3 } as unknown as Buffer))
    file.append(Buffer.from('two'))
    assert.deepEqual([text(), file.length], ['onetwo', 6])
  })
})
