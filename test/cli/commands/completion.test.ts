import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { connectTo, instanceOf, ropewalk, startRegistry } from '../ropewalk.ts'

const BIN = fileURLToPath(new URL('../../../bin/ropewalk.js', import.meta.url))

describe('ropewalk completion', () => {
  it('prints a script by which bash completes commands and the names of services', async t => {
    const url = await startRegistry(t)
    await connectTo(t, url).register(instanceOf('users', 'u1'))
    const folder = await mkdtemp(join(tmpdir(), 'ropewalk-completion-'))
    t.after(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'ropewalk'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`)
    await chmod(join(folder, 'ropewalk'), 0o755)
    const script = `
      source <(ropewalk completion bash)
      COMP_WORDS=(ropewalk inst) COMP_CWORD=1; _ropewalk; echo "$COMPREPLY"
      COMP_WORDS=(ropewalk instances us) COMP_CWORD=2; _ropewalk; echo "$COMPREPLY"`
    const environment = { ...process.env, PATH: folder + delimiter + process.env['PATH'], ROPEWALK_REGISTRY: url }
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { env: environment, encoding: 'utf8' })
    assert.deepEqual([stdout, stderr], ['instances\nusers\n', ''])
  })

  it('completes without a registry, at once', async () => {
    const { status, stdout, stderr } = await ropewalk(
      'complete',
      '--registry',
      'ropewalk://127.0.0.1:1',
      '--',
      'instances',
      '',
    )
    assert.deepEqual([status, stdout, stderr], [0, '', ''])
  })

  it('ends with 64 for a shell it does not know', async () => {
    const { status, stderr } = await ropewalk('completion', 'tcsh')
    assert.deepEqual([status, /Allowed choices are bash, zsh, fish/.test(stderr)], [64, true])
  })
})
