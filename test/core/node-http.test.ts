import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const ENTRIES = ['src/index.ts', 'src/registry.ts', 'src/adapters/daemon/index.ts', 'src/cli/run-registry.ts']

test("what serves and speaks HTTP is imported without Node's own undici", async () => {
  const root = new URL('../../', import.meta.url)
  const imports = ENTRIES.map(entry => `await import(${JSON.stringify(new URL(entry, root).href)})`)
  const program = `${imports.join(';')};console.log(process.moduleLoadList.filter(name => name.includes('undici/undici')))`
  const args = ['--conditions=ropewalk-development', '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  assert.equal(stdout.trim(), '[]')
})
