import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const { NODE_TEST_CONTEXT: _, ...env } = process.env

function run(program: string, word: string) {
  const path = fileURLToPath(new URL(`../../${program}/main.ts`, import.meta.url))
  return promisify(execFile)(process.execPath, ['--conditions=ropewalk-development', path, word], { env })
}

for (const [command, program] of Object.entries({
  demo: 'demo',
  bench: 'bench',
  drills: 'drills',
  conformance: 'tools/conformance',
}))
  describe(`npm run ${command}`, () => {
    it('says how it is used when it is asked, and does nothing else', async () => {
      const { stdout } = await run(program, '--help')
      assert.match(stdout, new RegExp(`^npm run ${command} \\[-- `))
    })

    it('says what it does not understand, and how it is used', async () => {
      await assert.rejects(run(program, '--no-such-thing'), ({ code, stderr }: { code: number; stderr: string }) => {
        assert.equal(code, 64)
        assert.match(stderr, new RegExp(`^Unknown option '--no-such-thing'[^]*\\n\\nnpm run ${command} \\[-- `))
        return true
      })
    })
  })
