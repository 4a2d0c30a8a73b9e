import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const LIMIT = fileURLToPath(new URL('../../tools/test-limit.ts', import.meta.url))

const LEAK = `
  import { createServer } from 'node:net'
  import { it } from 'node:test'
  it('leaves a server open', () => { createServer().listen(0, '127.0.0.1') })
`

describe('the limit of a test file', () => {
  it('ends a file that something left open keeps waiting, and says what', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'ropewalk-limit-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'leak.test.ts')
    await writeFile(file, LEAK)
    const { code, output } = await runTests(file, { ROPEWALK_TEST_FILE_LIMIT_MS: '500' })
    assert.equal(code, 1)
    assert.match(output, /leak\.test\.ts was not over after 0\.5 s\. It still holds: .*TCPServerWrap/)
  })
})

function runTests(file: string, settings: Record<string, string>): Promise<{ code: unknown; output: string }> {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  const args = ['--import', LIMIT, '--test', file]
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; output: string }>()
  execFile(process.execPath, args, { env: { ...environment, ...settings } }, (error, stdout, stderr) =>
    resolve({ code: error?.code ?? 0, output: stdout + stderr }),
  )
  return promise
}
