import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { poll } from '../poll.ts'
import { ropewalk, start, startRegistry } from '../ropewalk.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

describe('ropewalk run', () => {
  it('runs the application that a file exports, with the registry it is told, until it is told to end', async t => {
    const url = await startRegistry(t)
    const running = start(t, ['run', fixture('greeter.ts'), '--registry', url])
    await poll(async () => (await ropewalk('call', 'greeter', '/', '--registry', url)).stdout === 'hello')
    assert.equal((await running.stop()).status, 0)
    const { stdout } = await ropewalk('instances', 'greeter', '--registry', url)
    assert.deepEqual(JSON.parse(stdout).instances, [])
  })

  it('runs several applications in one process, which can share a registry in memory', async t => {
    const running = start(t, ['run', fixture('greeter.ts'), fixture('caller.ts'), '--registry', 'memory:'])
    await poll(() => running.stdout.includes('the greeter says hello'))
    assert.equal((await running.stop()).status, 0)
  })

  it('ends with 66 for a file that is not there, with 65 for one that exports no Service', async () => {
    const missing = await ropewalk('run', 'nowhere.ts')
    assert.deepEqual([missing.status, /nowhere\.ts does not exist/.test(missing.stderr)], [66, true])
    const wrong = await ropewalk('run', fileURLToPath(new URL('../poll.ts', import.meta.url)))
    assert.deepEqual([wrong.status, /has no default export/.test(wrong.stderr)], [65, true])
  })
})
