import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ENGINES } from '../../../tools/engines/engines.ts'
import { engineFolder, findEngine } from '../../../tools/engines/find.ts'

/** A program that prints how an engine is started, or why it cannot be. */
const find = (name: string) => `try {
  console.log(JSON.stringify(findEngine('${name}')))
} catch (error) {
  console.log(JSON.stringify(error.message))
}`

describe('The engines', () => {
  it('have a folder each in the cache', () => {
    assert.equal(new Set(ENGINES.map(engineFolder)).size, ENGINES.length)
  })

  it('are told by name when another one is asked for', () => {
    assert.throws(() => findEngine('etdc'), {
      name: 'EngineMissingError',
      message: /^No engine is called "etdc": there are etcd, /,
    })
  })

  it("are the machine's own where none is in the cache", async t => {
    const folder = await mkdtemp(join(tmpdir(), 'ropewalk-machine-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    for (const name of ['consul', 'zkServer.sh']) await writeFile(join(folder, name), '')
    const script = `import { findEngine } from '${import.meta.resolve('../../../tools/engines/find.ts')}'
      ${['consul', 'zookeeper', 'etcd'].map(find).join('\n')}`
    const env = { ...process.env, PATH: folder, ROPEWALK_ENGINES: join(folder, 'none') }
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { env, encoding: 'utf8' })
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as unknown),
      [
        { command: join(folder, 'consul'), args: [], env: {} },
        { command: join(folder, 'zkServer.sh'), args: ['start-foreground'], env: {} },
        'etcd is not installed: run "npm run engines"',
      ],
    )
  })
})
