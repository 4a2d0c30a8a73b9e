import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findNode, findOlderNode, NODE_24 } from '../tools/other-node.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const fixtures = join(root, 'test/cli/fixtures')
const quiet = ['--no-audit', '--no-fund', '--loglevel=error']

describe('The package, installed from its tarball', () => {
  let folder: string
  let installed: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ropewalk-package-'))
    await run('npm', ['pack', '--pack-destination', folder, ...quiet], { cwd: root })
    const tarball =
      (await readdir(folder)).find(name => name.endsWith('.tgz')) ?? assert.fail('npm pack made no tarball')
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    await run('npm', ['install', ...quiet, join(folder, tarball)], { cwd: folder })
    installed = join(folder, 'node_modules/ropewalk')
    await cp(fixtures, folder, { recursive: true })
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('carries what runs, and nothing of the repository', async () => {
    assert.deepEqual((await readdir(installed)).toSorted(), [
      'LICENSE',
      'README.md',
      'README.zh.md',
      'bin',
      'dist',
      'package.json',
    ])
    const files = await readdir(join(installed, 'dist'), { recursive: true })
    assert.deepEqual(
      files.filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts')),
      [],
    )
  })

  it('does not bring the Node of the repository', async () => {
    const others = await readdir(join(folder, 'node_modules'))
    assert.deepEqual(
      others.filter(name => /^node(-|$)|^@ropewalk$/.test(name)),
      [],
    )
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      await readFile(join(installed, 'package.json'), 'utf8'),
    )
    assert.deepEqual(
      Object.keys({ ...dependencies, ...optionalDependencies }).filter(name => name.startsWith('node-')),
      [],
    )
  })

  it('gives types to those who import it', async () => {
    await writeFile(
      join(folder, 'consumer.ts'),
      `import { Application, Site } from 'ropewalk'
       import { openRegistry } from 'ropewalk/registry'
       const site: Site = new Site('tcp:0', () => new Response(''))
       export const application: Application = new Application('a', [await openRegistry(), site])`,
    )
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--skipLibCheck']
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')]
    await run(join(root, 'node_modules/.bin/tsc'), [...options, ...types, 'consumer.ts'], { cwd: folder })
  })

  const nodes = [
    { name: 'the Node of the tests', find: async () => process.execPath },
    { name: `Node ${NODE_24}`, find: () => findNode(NODE_24) },
  ]
  for (const { name, find } of nodes) {
    it(`imports, its main entry, without a single other package under ${name}`, async t => {
      const node = await find()
      if (!node) return t.skip(`${name} cannot be installed here`)
      const alone = join(folder, `alone-${process.hrtime.bigint()}`)
      await mkdir(join(alone, 'node_modules'), { recursive: true })
      await cp(installed, join(alone, 'node_modules/ropewalk'), { recursive: true })
      const program = `const { Application } = await import('ropewalk'); console.log(new Application('a').status)`
      const { stdout } = await run(node, ['--input-type=module', '-e', program], { cwd: alone })
      assert.equal(stdout, 'idle\n')
    })

    it(`runs its command line and applications in TypeScript under ${name}`, async t => {
      const node = await find()
      if (!node) return t.skip(`${name} cannot be installed here`)
      const bin = join(folder, 'node_modules/.bin/ropewalk')
      const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
      assert.equal((await run(node, [bin, '--version'])).stdout, `${version}\n`)
      const running = execFile(node, [bin, 'run', 'greeter.ts', 'caller.ts', '--registry', 'memory:'], { cwd: folder })
      let printed = ''
      for await (const text of running.stdout ?? []) {
        printed += String(text)
        if (printed.includes('\n')) running.kill()
      }
      assert.equal(printed, 'the greeter says hello\n')
    })
  }

  it('says to a Node that is too old which one it needs', async t => {
    const node = await findOlderNode()
    if (!node) return t.skip('no older Node is installed here')
    const bin = join(folder, 'node_modules/.bin/ropewalk')
    await assert.rejects(run(node, [bin, '--version']), { code: 78, stderr: /needs Node 24\.15 or newer/ })
  })
})
