import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { COMPLETION_SCRIPTS } from '../../../src/cli/completion/scripts.ts'

describe('COMPLETION_SCRIPTS', () => {
  for (const [shell, script] of Object.entries(COMPLETION_SCRIPTS)) {
    const isInstalled = spawnSync(shell, ['--version']).error === undefined
    it(`is a script that ${shell} can read`, { skip: isInstalled ? false : `${shell} is not installed` }, () => {
      const { status, stderr } = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' })
      assert.deepEqual([status, stderr], [0, ''])
    })
  }

  it('asks the hidden command in every shell', () => {
    for (const script of Object.values(COMPLETION_SCRIPTS)) assert.match(script, /ropewalk complete -- /)
  })
})
