import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { packageVersion } from '../../src/cli/package-version.ts'
import { ropewalk } from './ropewalk.ts'

const BIN = fileURLToPath(new URL('../../bin/ropewalk.js', import.meta.url))

/** Why there is no file that cannot be written, if there is none. */
const NO_FULL_DEVICE = existsSync('/dev/full') ? false : 'This system has no /dev/full'

describe('ropewalk', () => {
  it('prints version and help on stdout and ends with 0', async () => {
    assert.deepEqual(await ropewalk('--version'), { status: 0, stdout: `${packageVersion()}\n`, stderr: '' })
    const { status, stdout, stderr } = await ropewalk('instances', '--help')
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(stdout, /^Usage: ropewalk instances .*[^]*Examples:[^]*/)
  })

  it('asks whether another command or option was meant, and ends with 64', async () => {
    for (const [args, message] of [
      [['instanecs', 'users'], /ropewalk: unknown command 'instanecs'\n\(Did you mean instances\?\)/],
      [['services', '--regsitry', 'x'], /unknown option '--regsitry'\n\(Did you mean --registry\?\)/],
      [['services', '--timeout', '5'], /Expected a duration such as 500ms/],
      [['instances'], /missing required argument 'service'/],
    ] as const) {
      const { status, stderr } = await ropewalk(...args)
      assert.equal(status, 64)
      assert.match(stderr, message)
    }
  })

  it('tells what went wrong with its code, without a stack, and refuses a registry it does not know', async () => {
    const { status, stderr } = await ropewalk('services', '--registry', 'eureka://127.0.0.1')
    assert.equal(status, 64)
    assert.match(stderr, /^ropewalk: The registry URL is "eureka:\/\/127\.0\.0\.1": .*\(ERR_INVALID_REGISTRY_URL\)\n$/)
  })

  it('takes no offence when nobody reads to the end', () => {
    const command = `"${process.execPath}" "${BIN}" --help | head -1; echo "$PIPESTATUS"`
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
    assert.deepEqual([stdout, stderr], ['Usage: ropewalk [options] [command]\n0\n', ''])
  })

  it('says in one line that its output cannot be written, and ends with 69', { skip: NO_FULL_DEVICE }, () => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, [BIN, '--version'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(full)
    assert.equal(status, 69)
    assert.match(stderr, /^ropewalk: the output cannot be written: ENOSPC.*\n$/)
  })
})
