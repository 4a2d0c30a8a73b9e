import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../src/cli/up/free-port.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const readme = await readFile(join(repository, 'README.md'), 'utf8')

/** The contents of the fenced blocks in one language. */
function blocks(language: string): string[] {
  return Array.from(readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')), ([, code]) => code ?? '')
}

/** Runs a block as a newcomer would, on a port and in a state folder of its own; ends what it left in the background. */
async function runBlock(commands: string): Promise<{ stdout: string; stderr: string }> {
  const state = await mkdtemp(join(tmpdir(), 'ropewalk-readme-'))
  const port = await freePort()
  const env = {
    ...process.env,
    XDG_STATE_HOME: state,
    ROPEWALK_LISTEN: `tcp:${port}:interface=127.0.0.1`,
    ROPEWALK_REGISTRY: `ropewalk://127.0.0.1:${port}`,
    ROPEWALK_LOG: 'error',
    PATH: `${state}:${process.env.PATH}`,
  }
  const npx = join(state, 'npx')
  await writeFile(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" bin/ropewalk.js "$@"\n`, { mode: 0o755 })
  const script = `trap 'kill $(jobs -p); wait' EXIT\nset -e\n${commands}`
  const shell = spawn('bash', ['-c', script], { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'exit')])
  await rm(state, { recursive: true, force: true })
  return { stdout, stderr }
}

describe('README', () => {
  it('shows examples/orders.ts as it is', async () => {
    const example = await readFile(join(repository, 'examples/orders.ts'), 'utf8')
    assert.equal(blocks('ts')[0], `// examples/orders.ts\n${example}`)
  })

  it('names only npm scripts that exist', async () => {
    const { scripts } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { scripts: object }
    const named = Array.from(readme.matchAll(/npm run ([\w:-]+)/g), ([, script]) => script ?? '')
    assert.deepEqual(
      named.filter(script => !(script in scripts)),
      [],
    )
    assert.ok(named.includes('demo'))
  })

  it('links only to files that exist', async () => {
    const links = Array.from(readme.matchAll(/\]\(([^):#]+)[^)]*\)/g), ([, file]) => file ?? '')
    assert.ok(links.length > 0)
    for (const link of links) await assert.doesNotReject(readFile(join(repository, link)), link)
  })

  it('gives commands that start a registry and two services, and call one through the other', async () => {
    const [commands = ''] = blocks('sh')
    const { stdout, stderr } = await runBlock(commands)
    assert.match(stdout, /\{"order":1,"user":\{"id":"42","name":"Ada"\}\}/, stderr)
    assert.match(stdout, /users-.+/, stderr)
  })
})
