import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../src/cli/up/free-port.ts'
import { blocks, guide, Trial } from './trial.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guides = readdirSync(join(root, 'docs/guide')).map(name => `docs/guide/${name}`)
const hasPython = spawnSync('python3', ['--version']).status === 0

/** The files a page links to, from the repository's root. */
function linksOf(page: string): string[] {
  const found = readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^):#]+)[^):]*\)/g)
  return Array.from(found, ([, link = '']) => join(dirname(page), link))
}

describe('The guides', () => {
  it('link only to files that exist, and the README and its translation link to all of them', () => {
    for (const page of [...guides, 'README.md', 'README.zh.md']) {
      for (const link of linksOf(page)) assert.ok(existsSync(join(root, link)), `${page}: ${link}`)
    }
    for (const readme of ['README.md', 'README.zh.md']) {
      const links = new Set(linksOf(readme))
      assert.deepEqual(
        guides.filter(name => !links.has(name)),
        [],
      )
    }
  })

  it('are linked to by the README and its translation alike, with everything else that either links to', () => {
    const [english, chinese] = ['README.md', 'README.zh.md'].map(page => new Set(linksOf(page)))
    const others = [english, chinese].map(links =>
      [...(links ?? [])].filter(link => !link.startsWith('README')).toSorted(),
    )
    assert.deepEqual(others[0], others[1])
  })

  it('lead from nothing to two services, one of which calls the other', async () => {
    await using trial = await Trial.open()
    const page = await guide('first-service.md')
    await trial.write(page, 'ts')
    const { stdout, stderr, status } = await trial.run(blocks(page, 'sh')[0] ?? '')
    assert.match(stdout, /\{"order":1,"user":\{"id":"42","name":"Ada"\}\}/, stderr)
    assert.match(stdout, /"serviceName": "orders"/, stderr)
    assert.equal(status, 0, stderr)
  })

  it('show tests that pass', async () => {
    await using trial = await Trial.open()
    await trial.write(await guide('testing.md'), 'ts')
    await trial.write(await guide('calling-by-name.md'), 'ts')
    const node = `"${process.execPath}" --conditions=ropewalk-development --test`
    const { stdout, status } = await trial.run(`${node} orders.test.ts lease.test.ts calling.test.ts`)
    assert.equal(status, 0, stdout)
    assert.match(stdout, /tests 3\n/)
  })

  const skip = hasPython ? false : 'python3 is not installed'
  it('register programs in another language, unchanged and by themselves', { skip }, async () => {
    await using trial = await Trial.open()
    const page = await guide('other-languages.md')
    await trial.write(page, 'python')
    const { stdout, stderr, status } = await trial.run(`npx ropewalk registry &\n${blocks(page, 'sh').join('\n')}`)
    assert.match(stdout, /Directory listing/, stderr)
    assert.match(stdout, /\{"left": 3\}/, stderr)
    assert.equal(status, 0, stderr)
  })

  const skipSecurity = spawnSync('sh', ['-c', 'openssl version']).status === 0 ? false : 'openssl is not installed'
  it('let in who shows a token, for what it may, until it is taken away', { skip: skipSecurity }, async () => {
    await using trial = await Trial.open()
    const page = await guide('security.md')
    const port = await freePort()
    const script = blocks(page, 'sh').join('\n').replaceAll(':8500', `:${port}`)
    const { stdout, stderr, status } = await trial.run(script)
    assert.equal(status, 0, stderr)
    assert.match(stdout, /"id":"orders-1"/, stderr)
    assert.match(stdout, /ERR_FORBIDDEN.*token \\"orders\\" lacks the right services:read on \\"payments\\"/)
    assert.match(stdout, /ERR_TOKEN_UNKNOWN/)
  })
})
