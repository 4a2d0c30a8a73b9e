import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { relink } from '../../../tools/engines/relink.ts'

describe('relink', () => {
  it('has absolute links lead to what was unpacked, and leaves the others', async t => {
    const root = await mkdtemp(join(tmpdir(), 'ropewalk-root-'))
    t.after(() => rm(root, { recursive: true, force: true }))
    await mkdir(join(root, 'usr/lib/java/conf'), { recursive: true })
    const links = { 'usr/lib/java/conf/net': '/etc/java/net', 'usr/lib/java/default': 'java-17', lib64: '/usr/lib64' }
    for (const [path, target] of Object.entries(links)) await symlink(target, join(root, path))
    await relink(root)
    assert.deepEqual(await Promise.all(Object.keys(links).map(path => readlink(join(root, path)))), [
      '../../../../etc/java/net',
      'java-17',
      'usr/lib64',
    ])
  })
})
