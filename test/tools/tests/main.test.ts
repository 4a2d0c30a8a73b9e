import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../tools/tests/main.ts', import.meta.url))

const PASSING = "import { it } from 'node:test'\nit('passes', () => {})\n"
const FAILING = "import { it } from 'node:test'\nit('fails', () => { throw new Error('as it was told to') })\n"

/** Runs the tests of a folder that holds these, as `npm test` does. */
async function runTests(t: TestContext, files: Readonly<Record<string, string>>, ...args: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'ropewalk-main-'))
  t.after(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'test/core'), { recursive: true })
  await mkdir(join(folder, 'temporary'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'test/core', name), text)
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  const { promise, resolve } = Promise.withResolvers<{ status: unknown; stdout: string; stderr: string }>()
  const env = { ...environment, TMPDIR: join(folder, 'temporary') }
  execFile(process.execPath, [MAIN, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
    resolve({ status: error?.code ?? 0, stdout, stderr }),
  )
  const run = await promise
  return { ...run, left: await readdir(join(folder, 'temporary')) }
}

describe('npm test', () => {
  it('runs what there is, and leaves nothing behind', async t => {
    const { status, stdout, left } = await runTests(t, { 'a.test.ts': PASSING, 'b.test.ts': PASSING })
    assert.equal(status, 0, stdout)
    assert.match(stdout, /^ℹ tests 2$/m)
    assert.deepEqual(left, [])
  })

  it('fails when a test fails, and tells in which file', async t => {
    const { status, stdout } = await runTests(t, { 'a.test.ts': FAILING, 'b.test.ts': PASSING })
    assert.equal(status, 1)
    assert.match(stdout, /^ℹ pass 1$/m)
    assert.match(stdout, /^ℹ fail 1$/m)
    assert.match(stdout, /^test at test\/core\/a\.test\.ts:2:1$/m)
    assert.match(stdout, /as it was told to/)
  })

  it('fails when a file cannot be loaded', async t => {
    const { status, stdout } = await runTests(t, { 'a.test.ts': "import './nothing.ts'\n", 'b.test.ts': PASSING })
    assert.equal(status, 1)
    assert.match(stdout, /Cannot find module .*nothing\.ts/)
  })

  it('runs what is asked for', async t => {
    const { status, stdout } = await runTests(t, { 'a.test.ts': FAILING, 'b.test.ts': PASSING }, 'test/core/b')
    assert.equal(status, 0, stdout)
    assert.match(stdout, /^ℹ tests 1$/m)
  })

  it('refuses what there is no test of', async t => {
    const { status, stderr } = await runTests(t, { 'a.test.ts': PASSING }, 'test/kernel')
    assert.equal(status, 64)
    assert.match(stderr, /No test file begins with test\/kernel/)
  })
})
