import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'

const module = new URL('../../../src/cli/up/prefixed.ts', import.meta.url).href
const program = `
  import { Readable } from 'node:stream'
  import { prefixed } from '${module}'
  for (const name of ['users.1', 'users.2']) {
    prefixed(name, 9).stdout(Readable.from(['hello\\n']))
    prefixed(name, 9).stderr(Readable.from(['oh\\n']))
  }`
const print = (environment: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  })

describe('prefixed', () => {
  it('names the process before each line, in a column, on the same stream', () => {
    const { stdout, stderr } = print({ NO_COLOR: '1' })
    assert.equal(stdout, 'users.1   | hello\nusers.2   | hello\n')
    assert.equal(stderr, 'users.1   | oh\nusers.2   | oh\n')
  })

  it('gives all processes of an application the same colour', () => {
    const { stdout } = print({ FORCE_COLOR: '1', NO_COLOR: undefined })
    const [first, second] = stdout.trimEnd().split('\n')
    assert.notEqual(first, stripVTControlCharacters(first ?? ''))
    assert.equal(first?.replace('users.1', 'users.2'), second)
  })
})
