import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { poll } from '../poll.ts'
import { ropewalk, start, startRegistry } from '../ropewalk.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

describe('ropewalk up', () => {
  let folder: string
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'ropewalk-up-'))))
  afterEach(() => rm(folder, { recursive: true }))

  const write = async (config: unknown) => {
    const file = join(folder, 'system.json')
    await writeFile(file, JSON.stringify(config))
    return file
  }

  it('starts a registry and each application when those before it can be found, and stops all in the reverse order', async t => {
    const file = await write({
      registry: { port: 0 },
      applications: {
        caller: { run: fixture('caller.ts'), after: ['greeter'], service: false },
        greeter: { run: fixture('greeter.ts'), instances: 2 },
      },
    })
    const system = start(t, ['up', file])
    await poll(() => system.stdout.includes('caller.1  | the greeter says hello'))
    await poll(() => system.stderr.includes('up is up'))
    const { status, stderr } = await system.stop()
    assert.equal(status, 0, stderr)
    for (const name of ['registry ', 'greeter.1', 'greeter.2', 'caller.1 '])
      assert.ok(stderr.includes(`${name} | {`), name)
    const ends = ['caller.1  | ', 'greeter.1 | ', 'registry  | '].map(prefix => stderr.lastIndexOf(`\n${prefix}`))
    assert.deepEqual(
      ends.toSorted((a, b) => a - b),
      ends,
    )
  })

  it('starts a process again that was killed', async t => {
    const url = await startRegistry(t)
    const file = await write({ registry: url, applications: { greeter: { run: fixture('greeter.ts') } } })
    start(t, ['up', file])
    const pid = async () => {
      const { stdout } = await ropewalk('instances', 'greeter', '--registry', url)
      const ready =
        stdout === '' ? [] : JSON.parse(stdout).instances.filter((one: { status: string }) => one.status === 'ready')
      return Number(/-(\d+)-[a-z0-9]+$/.exec(ready[0]?.id ?? '')?.[1] ?? 0)
    }
    await poll(async () => (await pid()) > 0)
    const before = await pid()
    process.kill(before, 'SIGKILL')
    await poll(async () => ![0, before].includes(await pid()))
  })

  it('stops everything at once when a process ends before it is found, naming it', async () => {
    const applications = { broken: { command: [process.execPath, '-e', 'process.exit(3)'] } }
    const { status, stderr } = await ropewalk('up', await write({ registry: { port: 0 }, applications }))
    assert.notEqual(status, 0)
    assert.match(stderr, /broken.*ended with status 3/)
  })

  it('ends with 78 and the field when the configuration is wrong', async () => {
    const { status, stderr } = await ropewalk('up', await write({ applications: { users: { runs: 'users.ts' } } }))
    assert.deepEqual([status, /applications\.users has a field "runs".*Did you mean "run"\?/.test(stderr)], [78, true])
  })
})
