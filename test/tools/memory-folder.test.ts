import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { memoryFolder } from '../../tools/memory-folder.ts'

describe('memoryFolder', () => {
  it('makes an empty folder of its own, or none', async t => {
    const folder = await memoryFolder({ folderBytesMin: 0, memoryBytesMin: 0 })
    if (folder === undefined) return t.diagnostic('There is no place in memory here')
    t.after(() => rm(folder, { recursive: true }))
    assert.deepEqual(await readdir(folder), [])
  })

  it('makes none where there is no room', async () => {
    assert.equal(await memoryFolder({ folderBytesMin: Infinity, memoryBytesMin: 0 }), undefined)
    assert.equal(await memoryFolder({ folderBytesMin: 0, memoryBytesMin: Infinity }), undefined)
  })
})
